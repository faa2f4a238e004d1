import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createProcessId } from '../../../src/store/process-id.ts';
import { type ChangeFilter, LOOKED_UP, type Store } from '../../../src/store/store.ts';
import type { Place } from '../../support/store/place.ts';
import { body, entry, intent, person } from '../../support/store/samples.ts';

const DAY = 86_400_000;
const ANN = 'a'.repeat(32);
const BOB = 'b'.repeat(32);

/** What every store has to do when people, batches and days are searched for. */
export function testSearch(name: string, makePlace: () => Promise<Place>): void {
  describe(`${name}: search`, () => {
    let place: Place;
    let store: Store;
    let time = Date.parse('2026-01-01T12:00:00Z');
    beforeEach(async () => {
      time = Date.parse('2026-01-01T12:00:00Z');
      place = await makePlace();
      store = await place.open(createProcessId(), { now: () => time });
    });
    afterEach(() => place.remove());

    const find = async (filter: Partial<ChangeFilter>): Promise<string[]> =>
      (await store.list({ limit: 9, ...filter })).map(({ changeId }) => changeId);
    const attempt = (changeId: string, more: object, ofBody: object = {}) =>
      store.attempt(entry(changeId, { ...more, body: { ...body(), ...ofBody } }));

    it('finds a person by several user records and by the keys of her addresses, each change once', async () => {
      const other = { provider: 'other', connection: 'second', userId: 'ann' };
      await attempt('a', person('7'), { emailKeys: [ANN] });
      await store.open(intent('b', { ...person('8'), body: { ...body(), emailKeys: [BOB, ANN] } }));
      await attempt('c', other, { emailKeys: [BOB] });
      await attempt('d', { ...other, provider: 'acme' }, { message: ANN, reason: `"${ANN}"` });
      await store.open(intent('e', { ...person('9'), body: { ...body(), emailKeys: [ANN] } }));
      await store.close('e', 'updated', { ...body(), emailKeys: [ANN] });
      const ann = { users: [{ userId: '7' }, other], emailKeys: [ANN] };
      expect(await find({ person: ann })).toEqual(['e', 'c', 'b', 'a']);
      expect(await find({ person: ann, limit: 2 })).toEqual(['e', 'c']);
      const before = (await store.list({ person: ann, limit: 2 })).at(-1)?.seq ?? 0;
      expect(await find({ person: ann, before })).toEqual(['b', 'a']);
      expect(await find({ person: ann, provider: 'acme' })).toEqual(['e', 'b', 'a']);
      expect(await find({ person: ann, outcome: 'updated' })).toEqual(['e']);
      expect(await find({ person: { users: [{ userId: 'ann' }] } })).toEqual(['d', 'c']);
      expect(await find({ person: { users: [{ userId: 'ann', connection: 'second' }] } })).toEqual(['d', 'c']);
      expect(await find({ person: { users: [other] } })).toEqual(['c']);
      expect(await find({ person: { users: [], emailKeys: [BOB] } })).toEqual(['c', 'b']);
      expect(await find({ person: { users: [], emailKeys: ['c'.repeat(32)] } })).toEqual([]);
      expect(await find({ person: { users: [] } })).toEqual([]);
    });

    it('finds the changes of a batch, open ones too, and of nothing that only names it', async () => {
      await attempt('a', person('1'), { batchId: 'one' });
      await attempt('b', person('2'), { batchId: 'two', reason: '"batchId":"one"', emailKeys: ['one'] });
      await store.open(intent('c', { ...person('3'), body: { ...body(), batchId: 'one' } }));
      await store.open(intent('d', { ...person('4'), body: { ...body(), reason: '"batchId":"one"' } }));
      expect(await find({ batchId: 'one' })).toEqual(['c', 'a']);
      await store.close('c', 'updated', { ...body(), batchId: 'one' });
      expect(await find({ batchId: 'one' })).toEqual(['c', 'a']);
      expect(await find({ batchId: 'one', outcome: 'updated' })).toEqual(['c']);
      expect(await find({ batchId: 'one', person: { users: [{ userId: '1' }, { userId: '2' }] } })).toEqual(['a']);
      expect(await find({ batchId: 'none' })).toEqual([]);
    });

    it('finds the changes of several providers, and none of no provider', async () => {
      for (const [at, provider] of ['x', 'y', 'z', 'x'].entries())
        await attempt(`c${at}`, { provider, userId: `${at}` });
      expect(await find({ provider: ['x', 'z'] })).toEqual(['c3', 'c2', 'c0']);
      expect(await find({ provider: ['x', 'z'], limit: 2 })).toEqual(['c3', 'c2']);
      expect(await find({ provider: ['x', 'z'], userId: '0' })).toEqual(['c0']);
      expect(await find({ provider: [] })).toEqual([]);
      expect(await find({ provider: [], userId: '0' })).toEqual([]);
    });

    it('finds what happened up to a time, also where a clock was set back', async () => {
      await attempt('a', person('1'));
      time += 10 * DAY;
      await attempt('b', person('1'));
      const until = new Date(time).toISOString();
      time += 1;
      await attempt('c', person('1'));
      time -= DAY / 2;
      await attempt('late', person('1'));
      time += 10 * DAY;
      await attempt('d', person('1'));
      expect(await find({ until })).toEqual(['late', 'b', 'a']);
      expect(await find({ until, since: until })).toEqual(['b']);
      expect(await find({ until: '2025-01-01T00:00:00Z' })).toEqual([]);
      await expect(find({ until: 'tomorrow' })).rejects.toThrow('`until` is not an ISO 8601 time');
    });

    it('reads down to a seq, open changes included', async () => {
      await store.open(intent('open', person('9')));
      for (const id of ['a', 'b', 'c']) await attempt(id, person('1'));
      expect(await find({ downTo: 3 })).toEqual(['c', 'b']);
      expect(await find({ downTo: 1 })).toEqual(['c', 'b', 'a', 'open']);
    });

    it('counts what ended on each day, and neither intents, approvals nor look-ups', async () => {
      await store.open(intent('a', person('1')));
      await store.close('a', 'updated', body());
      await Promise.all(['b', 'c'].map((id) => attempt(id, { ...person('2'), outcome: 'denied' })));
      await attempt('look', { provider: '*', connection: '*', userId: '*', outcome: LOOKED_UP });
      time += DAY;
      await store.open(intent('open', person('3')));
      await attempt('d', { ...person('4'), provider: 'other', outcome: 'denied' });
      const span = { from: '2026-01-01', to: '2026-01-02' };
      const first = [
        { day: '2026-01-01', provider: 'acme', outcome: 'denied', count: 2 },
        { day: '2026-01-01', provider: 'acme', outcome: 'updated', count: 1 },
      ];
      const second = { day: '2026-01-02', provider: 'other', outcome: 'denied', count: 1 };
      expect(await store.activity(span)).toEqual([...first, second]);
      expect(await store.activity({ ...span, to: '2026-01-01' })).toEqual(first);
      expect(await store.activity({ ...span, providers: ['other'] })).toEqual([second]);
      expect(await store.activity({ ...span, outcome: 'updated' })).toEqual([first[1]]);
    });
  });
}
