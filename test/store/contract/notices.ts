import { describe, expect, it } from 'vitest';
import { createProcessId } from '../../../src/store/process-id.ts';
import type { Place } from '../../support/store/place.ts';
import { createApprovalFixture } from './approval-fixture.ts';

/** What every store has to do with the cursors of notices. */
export function testNotices(name: string, makePlace: () => Promise<Place>): void {
  describe(`${name}: cursors of notices`, () => {
    const fixture = createApprovalFixture(makePlace);
    const cursor = { seq: 7, attempts: 2, failingSince: 5, nextAt: 9 };

    it('begin once, and keep what is saved', async () => {
      const { notices } = fixture.store;
      expect(await notices.find('t')).toBeUndefined();
      await notices.register('t', 3);
      await notices.register('t', 9);
      const first = { seq: 3, attempts: 0, failingSince: undefined, nextAt: 0 };
      expect(await notices.find('t')).toEqual({ ...first, heldUntil: undefined });
      expect(await notices.claim('other', fixture.time + 9)).toBeUndefined();
      expect(await notices.save('t', 0, cursor)).toBe(false);
      expect(await notices.claim('t', fixture.time + 9)).toEqual(first);
      expect(await notices.save('t', fixture.time + 20, cursor)).toBe(true);
      expect(await notices.find('t')).toEqual({ ...cursor, heldUntil: undefined });
    });

    it('belong to one process at a time, until its lease ends or it is gone', async () => {
      const { store } = fixture;
      const other = await fixture.openAs(createProcessId());
      if (other === store) return; // a store that no other process can share
      await store.notices.register('t', 0);
      const claims = await Promise.all([store, other].map(({ notices }) => notices.claim('t', fixture.time + 9)));
      expect(claims.filter(Boolean)).toHaveLength(1);
      const [holder, waiting] = claims[0] ? [store, other] : [other, store];
      expect(await waiting.notices.find('t')).toMatchObject({ seq: 0, heldUntil: fixture.time + 9 });
      expect(await waiting.notices.save('t', 0, cursor)).toBe(false);
      fixture.time += 9;
      expect(await waiting.notices.claim('t', fixture.time + 9)).toMatchObject({ seq: 0 });
      expect(await holder.notices.save('t', 0, cursor)).toBe(false);
      expect(await waiting.notices.save('t', 0, cursor)).toBe(true);
      expect(await holder.notices.claim('t', fixture.time + 9_000_000)).toBeDefined();
      // The clock of the holder was wrong, and was set right.
      expect(await waiting.notices.claim('t', fixture.time + 9)).toBeDefined();
      fixture.time += 9;
      const [host, , ...rest] = createProcessId().split(':');
      const gone = await fixture.openAs([host, 2 ** 22 + 1, ...rest].join(':'));
      expect(await gone.notices.claim('t', fixture.time + 9)).toMatchObject(cursor);
      expect(await holder.notices.claim('t', fixture.time + 9)).toMatchObject(cursor);
    });
  });
}
