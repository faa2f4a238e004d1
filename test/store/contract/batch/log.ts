import { describe, expect, it, onTestFinished } from 'vitest';
import { createProcessId } from '../../../../src/store/process-id.ts';
import type { Place } from '../../../support/store/place.ts';
import { body, entry, readEntries } from '../../../support/store/samples.ts';

/** What the audit log of every store says about batches that were not opened. */
export function testBatchLog(name: string, makePlace: () => Promise<Place>): void {
  describe(`${name}: batches in the audit log`, () => {
    const open = async () => {
      const place = await makePlace();
      onTestFinished(() => place.remove());
      return await place.open(createProcessId());
    };
    const whole = { provider: 'acme,other', connection: 'acme,other', userId: '' };

    it('logs the end of a batch that was not opened, and lists no change for it', async () => {
      const store = await open();
      const counts = { refused: 2 };
      const ended = entry('b1', { ...whole, outcome: 'finished', body: { ...body(), batchId: 'b1', counts } });
      await store.batches.logUnopened(ended);
      expect(await readEntries(store)).toMatchObject([{ ...ended, kind: 'batch' }]);
      expect(await store.list({ limit: 9 })).toEqual([]);
      expect(await store.list({ batchId: 'b1', limit: 9 })).toEqual([]);
      expect((await store.trail('b1')).entries).toHaveLength(1);
      expect(await store.activity({ from: '2000-01-01', to: '2100-01-01' })).toEqual([]);
    });
  });
}
