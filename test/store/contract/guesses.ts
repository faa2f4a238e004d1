import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createProcessId } from '../../../src/store/process-id.ts';
import type { Store } from '../../../src/store/store.ts';
import type { Place } from '../../support/store/place.ts';

const hour = 60 * 60_000;

/** What every store has to do with guesses at masked values. */
export function testGuesses(name: string, makePlace: () => Promise<Place>): void {
  describe(`${name}: guesses`, () => {
    let place: Place;
    let store: Store;
    let time = Date.now();
    beforeEach(async () => {
      place = await makePlace();
      time = Date.now();
      store = await place.open(createProcessId(), { now: () => time });
    });
    afterEach(() => place.remove());

    const note = (...values: string[]): Promise<number[]> =>
      store.noteGuesses(values.map((value) => ({ key: 'jane/born', value })));

    it('counts the different values of a key, each once', async () => {
      expect(await note('a')).toEqual([1]);
      expect(await note('a', 'b', 'b', 'c')).toEqual([1, 2, 2, 3]);
      expect(await store.noteGuesses([{ key: 'john/born', value: 'a' }])).toEqual([1]);
      expect(await store.noteGuesses([])).toEqual([]);
      expect(await note('a')).toEqual([3]);
    });

    it('counts what several processes note, also at once', async () => {
      const other = await place.open(createProcessId(), { now: () => time });
      const counts = await Promise.all(
        Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? store : other).noteGuesses([{ key: 'k', value: `v${i}` }])),
      );
      expect(counts.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    });

    it('forgets a value an hour after it was noted last', async () => {
      await note('a', 'b');
      time += hour - 1;
      expect(await note('b', 'c')).toEqual([2, 3]);
      time += 1;
      expect(await note('b')).toEqual([2]);
      await store.purgeExpired(time + hour);
      expect(await note('d')).toEqual([1]);
    });

    it('stays above the limit however many values come, and keeps 64 of them', async () => {
      const values = Array.from({ length: 200 }, (_, i) => `v${i}`);
      expect(await note(...values)).toEqual(values.map((_, i) => Math.min(i + 1, 65)));
      time += hour;
      expect(await note('again')).toEqual([1]);
    });
  });
}
