import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createProcessId } from '../../../src/store/process-id.ts';
import type { Store } from '../../../src/store/store.ts';
import type { PeopleNote } from '../../../src/store/windows.ts';
import type { Place } from '../../support/store/place.ts';
import { body, intent } from '../../support/store/samples.ts';

const hour = 60 * 60_000;

/** What every store has to do with the user records that count for `people` in rules. */
export function testPeople(name: string, makePlace: () => Promise<Place>): void {
  describe(`${name}: people`, () => {
    let place: Place;
    let store: Store;
    let time = Date.now();
    beforeEach(async () => {
      place = await makePlace();
      time = Date.now();
      store = await place.open(createProcessId(), { now: () => time });
    });
    afterEach(() => place.remove());

    const note = (key: string, values: readonly string[], fits: PeopleNote['fits'] = () => true, limit = 6) => ({
      key,
      limit,
      values,
      fits,
    });
    const read = async (...keys: string[]): Promise<string[][]> => {
      const found = await store.readPeople(keys.map((key) => ({ key, limit: 6 })));
      return found.map((values) => values.toSorted());
    };

    it('returns what was noted in each window, each user record once', async () => {
      expect(await store.notePeople([note('titles', ['jane', 'john']), note('roles', ['jane'])])).toBe(true);
      expect(await store.notePeople([note('titles', ['jane', 'jim'])])).toBe(true);
      expect(await read('titles', 'other', 'roles')).toEqual([['jane', 'jim', 'john'], [], ['jane']]);
      expect(await store.readPeople([])).toEqual([]);
      expect(await store.notePeople([])).toBe(true);
    });

    it('returns no more than matter, however many were noted', async () => {
      const many = Array.from({ length: 250 }, (_, i) => `p${i}`);
      await store.notePeople([note('titles', many, undefined, 250)]);
      expect((await store.readPeople([{ key: 'titles', limit: 250 }]))[0]?.toSorted()).toEqual(many.toSorted());
      expect((await store.readPeople([{ key: 'titles', limit: 6 }]))[0]).toHaveLength(6);
    });

    it('forgets a user record an hour after it was noted last', async () => {
      await store.notePeople([note('titles', ['jane', 'john'])]);
      time += hour - 1;
      await store.notePeople([note('titles', ['john'])]);
      expect(await read('titles')).toEqual([['jane', 'john']]);
      time += 1;
      expect(await read('titles')).toEqual([['john']]);
      await store.purgeExpired(time);
      expect(await read('titles')).toEqual([['john']]);
      await store.purgeExpired(time + hour);
      time -= hour;
      expect(await read('titles')).toEqual([[]]);
    });

    it('still knows of the newest where more were noted than matter', async () => {
      await store.notePeople([note('titles', ['a', 'b', 'c', 'd', 'e', 'f'])]);
      time += hour / 2;
      await store.notePeople([note('titles', ['g', 'h', 'i', 'j', 'k', 'l'])]);
      time += hour / 2;
      expect(await read('titles')).toEqual([['g', 'h', 'i', 'j', 'k', 'l']]);
    });

    it('notes in every window or in none', async () => {
      await store.notePeople([note('roles', ['jane'])]);
      const unfitting = note('roles', ['jim'], (noted) => noted.length === 0);
      expect(await store.notePeople([note('titles', ['jim']), unfitting])).toBe(false);
      expect(await read('titles', 'roles')).toEqual([[], ['jane']]);
    });

    it('lets no more in than fit, of several processes at once', async () => {
      const other = await place.open(createProcessId(), { now: () => time });
      const noted = await Promise.all(
        Array.from({ length: 12 }, (_, i) =>
          (i % 2 === 0 ? store : other).notePeople([note('titles', [`p${i}`], ({ length }) => length < 5)]),
        ),
      );
      expect(noted.filter(Boolean)).toHaveLength(5);
      expect((await read('titles'))[0]).toHaveLength(5);
    });

    it('notes with the intent: neither without the other', async () => {
      const full = note('titles', ['jane'], () => false);
      expect(await store.open({ ...intent('c1'), since: 0, people: [full] })).toEqual({ kind: 'recounted' });
      expect(await store.openIntents()).toEqual([]);
      expect(await store.open({ ...intent('c1'), since: 0, people: [note('titles', ['jane'])] })).toMatchObject({
        kind: 'opened',
      });
      expect(await read('titles')).toEqual([['jane']]);
      await store.close('c1', 'updated', body());
      const late = note('titles', ['john']);
      expect(await store.open({ ...intent('c2'), since: 0, people: [late] })).toEqual({ kind: 'moved' });
      expect(await read('titles')).toEqual([['jane']]);
    });
  });
}
