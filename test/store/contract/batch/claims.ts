import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StoredBatch } from '../../../../src/store/batches.ts';
import { createProcessId } from '../../../../src/store/process-id.ts';
import type { Place } from '../../../support/store/place.ts';
import { deadProcessId, entry } from '../../../support/store/samples.ts';

const OTHER_HOST = 'another-host:1:start:00000000';
/** Processes that are gone, each after so many ms of silence. */
const GONE = [
  [deadProcessId(), 0],
  [OTHER_HOST, 121_000],
] as const;

/** One process at a time carries a batch out, in every store that processes share. */
export function testBatchClaims(name: string, makePlace: () => Promise<Place>): void {
  describe(`${name}: claims of batches`, () => {
    let place: Place;
    let time = Date.now();
    const open = (owner = createProcessId()) => place.open(owner, { now: () => time });
    const batch = (): StoredBatch => ({ id: 'b1', expiresAt: time + 86_400_000, header: Uint8Array.of(1), parts: [] });
    const opening = () => ({ batch: batch(), entry: entry('b1', { outcome: 'opened' }) });
    beforeEach(async () => {
      place = await makePlace();
      time = Date.now();
    });
    afterEach(() => place.remove());

    it('knows no batch that is not stored', async () => {
      expect(await (await open()).batches.claim('b1')).toBe(false);
    });

    it('gives a waiting batch to one process, which may extend its claim', async () => {
      const store = await open();
      await store.batches.put(batch());
      expect([await store.batches.claim('b1'), await store.batches.claim('b1')]).toEqual([true, true]);
      await store.batches.put(batch());
      await store.batches.open(opening());
      expect(await store.batches.claim('b1')).toBe(true);
      await store.batches.finish('b1', entry('b1', { outcome: 'finished' }), 'keep');
      expect(await store.batches.claim('b1')).toBe(true);
    });

    if (!name.includes('memory')) {
      it('leaves a batch to a process that is alive, until it ends it', async () => {
        const [one, other] = [await open(), await open()];
        await one.batches.open(opening());
        time += 86_000_000;
        expect(await other.batches.claim('b1')).toBe(false);
        expect([await one.batches.interrupted(), await other.batches.interrupted()]).toEqual([[], []]);
        expect(await other.batches.endInterrupted('b1', entry('b1', { outcome: 'finished' }))).toBe(false);
        await one.batches.finish('b1', entry('b1', { outcome: 'finished' }), 'keep');
        expect(await other.batches.claim('b1')).toBe(true);
        expect(await one.batches.claim('b1')).toBe(false);
      });

      it('takes over from a process that is gone, and on another host from one that is silent', async () => {
        const store = await open();
        for (const [owner, silence] of GONE) {
          await (await open(owner)).batches.open(opening());
          time += silence;
          expect(await store.batches.claim('b1')).toBe(true);
        }
      });

      it('ends what a process left that is gone, once, and keeps it to be resumed', async () => {
        const [store, other] = [await open(), await open()];
        const ended = entry('b1', { outcome: 'finished' });
        await store.batches.put(batch());
        expect(await store.batches.interrupted()).toEqual([]);
        for (const [owner, silence] of GONE) {
          await (await open(owner)).batches.open(opening());
          time += silence;
          expect([await store.batches.interrupted(), await other.batches.interrupted()]).toEqual([['b1'], ['b1']]);
          const [first, second] = [
            store.batches.endInterrupted('b1', ended),
            other.batches.endInterrupted('b1', ended),
          ];
          expect([await first, await second].sort()).toEqual([false, true]);
          expect(await store.batches.interrupted()).toEqual([]);
          expect(await store.batches.get('b1')).toBeDefined();
        }
        expect((await store.trail('b1')).entries.map(({ outcome }) => outcome)).toEqual([
          'opened',
          'finished',
          'opened',
          'finished',
        ]);
        expect(await store.batches.endInterrupted('b2', ended)).toBe(false);
        await (await open(deadProcessId())).batches.open(opening());
        time += 86_400_000;
        expect(await store.batches.interrupted()).toEqual([]);
        expect(await store.batches.endInterrupted('b1', ended)).toBe(false);
      });

      it('counts a process of another host as gone only if it was silent for the whole lease', async () => {
        const store = await open();
        const far = await open(OTHER_HOST);
        await far.batches.open(opening());
        time += 100_000;
        expect(await far.batches.claim('b1')).toBe(true);
        time += 100_000;
        expect(await store.batches.claim('b1')).toBe(false);
      });
    }
  });
}
