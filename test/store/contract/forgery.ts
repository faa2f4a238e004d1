import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NewApproval } from '../../../src/store/approvals.ts';
import { type LogVerdict, verifyLog } from '../../../src/store/log/verify.ts';
import { createProcessId } from '../../../src/store/process-id.ts';
import { createSeal } from '../../../src/store/seal.ts';
import type { Store } from '../../../src/store/store.ts';
import type { Place } from '../../support/store/place.ts';
import { body, entry, intent, newApproval } from '../../support/store/samples.ts';

/** A database as an attacker sees it who may write there and has no key. */
export interface RawAccess {
  run(sql: string): Promise<void>;
  /** Name and kind of each column of a table. */
  columns(table: string): Promise<{ name: string; kind: 'text' | 'number' | 'bytes' }[]>;
}

const keyOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const [oldKey, key, otherKey] = [keyOf(1), keyOf(2), keyOf(3)];
const { mac } = createSeal(key);

/** What every store that others may write to has to do: nothing they write counts, and verify finds what they removed. */
export function testForgery<P extends Place>(
  name: string,
  makePlace: () => Promise<P>,
  accessOf: (place: P) => RawAccess,
): void {
  describe(`${name}: an attacker writes to the database`, () => {
    let place: P;
    let raw: RawAccess;
    let store: Store;
    let altered: string[];
    const open = (with_ = mac): Promise<Store> =>
      place.open(createProcessId(), { mac: with_, onAltered: (what, why) => altered.push(`${why}: ${what}`) });
    beforeEach(async () => {
      place = await makePlace();
      raw = accessOf(place);
      altered = [];
      store = await open();
    });
    afterEach(() => place.remove());

    const requested = (id: string, more: Partial<NewApproval> = {}): NewApproval =>
      newApproval(id, { needed: 2, ...more });
    const yes = (approver: string) => ({ approver, yes: true });
    const use = (id: string) => store.open({ ...intent(`change ${id}`), approval: id });
    const forged = JSON.stringify([
      { approver: 'ann', yes: true, at: '2026-01-01T00:00:00.000Z' },
      { approver: 'ben', yes: true, at: '2026-01-01T00:00:01.000Z' },
    ]);

    it.each([
      ['decisions and state', `decisions = '${forged}', state = 'approved'`],
      ['decisions', `decisions = '${forged}'`],
      ['state', `state = 'approved'`],
      ['decisions that are no JSON', `decisions = '{', state = 'approved'`],
      ['the MAC as well', `decisions = '${forged}', state = 'approved', mac = ''`],
    ])('does not take a yes that was written into %s', async (_what, change) => {
      await store.approvals.request(requested('a1'), body());
      await raw.run(`UPDATE approvals SET ${change} WHERE id = 'a1'`);
      expect(await use('a1')).toEqual({ kind: 'consumed' });
      expect((await store.approvals.get('a1'))?.state).toBe('withdrawn');
      expect(await store.approvals.list({ limit: 9, state: 'approved' })).toEqual([]);
      expect(altered).toContain('broken: approval a1');
      // It is asked again.
      expect(await store.approvals.request({ ...requested('a2'), digest: 'digest of a1' }, body())).toMatchObject({
        id: 'a2',
      });
    });

    it('binds a yes to every column of its row', async () => {
      const columns = await raw.columns('approvals');
      expect(columns.length).toBeGreaterThan(14);
      for (const { name: column, kind } of columns) {
        // The order in which requests came binds nothing, and neither does the state: it is tried above.
        if (column === 'number' || column === 'state') continue;
        const id = `of ${column}`;
        await store.approvals.request(requested(id), body());
        await store.approvals.decide(id, yes('ann'));
        await store.approvals.decide(id, yes('ben'), Uint8Array.of(9));
        expect(await store.approvals.get(id)).toMatchObject({ state: 'approved' });
        const value = { text: `coalesce(${column}, '') || 'x'`, number: `${column} + 1`, bytes: 'NULL' }[kind];
        const bytes = name === 'sqlite' ? `X'01'` : `'\\x01'`;
        await raw.run(`UPDATE approvals SET ${column} = ${kind === 'bytes' ? bytes : value} WHERE id = '${id}'`);
        const now = column === 'id' ? `${id}x` : id;
        expect([column, await use(now)]).toEqual([column, { kind: 'consumed' }]);
        expect([column, (await store.approvals.get(now))?.state]).toEqual([column, 'withdrawn']);
      }
    });

    it('accepts no decision on an altered request, and no used one again', async () => {
      await store.approvals.request(requested('a1'), body());
      await raw.run(`UPDATE approvals SET needed = 1, digest = 'another' WHERE id = 'a1'`);
      expect(await store.approvals.decide('a1', yes('ann'))).toEqual({ kind: 'gone' });
      expect(await store.approvals.list({ limit: 9, state: 'pending' })).toEqual([]);

      await store.approvals.request(requested('a2', { needed: 1 }), body());
      await store.approvals.decide('a2', yes('ann'));
      expect(await use('a2')).toMatchObject({ kind: 'opened' });
      await store.close('change a2', 'updated', body());
      await raw.run(`UPDATE approvals SET state = 'approved' WHERE id = 'a2'`);
      expect(await store.open({ ...intent('again'), approval: 'a2' })).toEqual({ kind: 'consumed' });
    });

    it('accepts no approved row again once it was used, taken back or withdrawn', async () => {
      const endings: Record<string, (id: string) => Promise<unknown>> = {
        used: use,
        withdrawn: (id) => store.approvals.withdraw(id),
        'taken back': (id) => store.approvals.takeBack(id, 'ann'),
      };
      for (const [how, end] of Object.entries(endings)) {
        await store.approvals.request(requested(how, { needed: 1 }), body());
        await store.approvals.decide(how, yes('ann'));
        await raw.run(`CREATE TABLE kept AS SELECT * FROM approvals WHERE id = '${how}'`);
        await end(how);
        await store.close(`change ${how}`, 'updated', body());
        await raw.run(`DELETE FROM approvals WHERE id = '${how}'`);
        const columns = (await raw.columns('approvals')).map(({ name }) => name).filter((name) => name !== 'number');
        await raw.run(
          `INSERT INTO approvals (${columns.join(', ')}) SELECT ${columns.join(', ')} FROM kept; DROP TABLE kept`,
        );
        expect([how, (await store.approvals.get(how))?.state]).toEqual([how, 'approved']);
        expect([how, await store.open({ ...intent(`again ${how}`), approval: how })]).toEqual([
          how,
          { kind: 'consumed' },
        ]);
      }
    });

    it('knows no approver but those it registered', async () => {
      await store.approvals.addApprover('ann', 'verifier of ann');
      await store.approvals.addApprover('ben', 'verifier of ben');
      await raw.run(`UPDATE approvers SET verifier = 'mine' WHERE name = 'ann'`);
      const names = async () => (await store.approvals.approvers()).map((one) => one.name);
      expect(await names()).toEqual(['ben']);
      expect(altered).toContain('broken: approver ann');
      await raw.run(`UPDATE approvers SET name = 'eve' WHERE name = 'ben'`);
      expect(await names()).toEqual([]);
      // Registering anew puts it right.
      expect(await store.approvals.addApprover('ann', 'another verifier')).toBe(true);
      expect(await store.approvals.addApprover('ann', 'a third one')).toBe(false);
      expect(await names()).toEqual(['ann']);
      expect(await store.approvals.approvers()).toMatchObject([{ verifier: 'another verifier' }]);
      // Without it the caller of that name could approve what it asks for.
      await store.approvals.addApprover('cay', 'verifier of cay', ['a-token']);
      await raw.run(`UPDATE approvers SET principals = '[]' WHERE name = 'cay'`);
      expect(await names()).toEqual(['ann']);
      // The right to everything is not part of what is signed, but the lack of any other right is.
      await store.approvals.addApprover('dee', 'verifier of dee', [], ['*:ordinary']);
      await raw.run(`UPDATE approvers SET may = '["*:*"]' WHERE name = 'dee'`);
      expect(await names()).toEqual(['ann']);
      await raw.run(`UPDATE approvers SET may = '[]' WHERE name = 'ann'`);
      expect(await names()).toEqual([]);
    });

    async function fill(): Promise<string[]> {
      const heads: string[] = [];
      for (const id of ['c1', 'c2', 'c3']) {
        await store.attempt(entry(id));
        heads.push((await store.head()).hash);
      }
      return heads;
    }
    const verify = (noted?: string, with_ = mac): Promise<LogVerdict> =>
      verifyLog(store, with_, noted === undefined ? {} : { noted });
    const cut = (seq: number): Promise<void> =>
      raw.run(
        `DELETE FROM entries WHERE seq > ${seq}; UPDATE head SET seq = ${seq}, hash = (SELECT hash FROM entries WHERE seq = ${seq})`,
      );

    it('verifies, and gives a head that holds from then on', async () => {
      const heads = await fill();
      expect(await verify()).toEqual({ ok: true, rows: 3, head: heads[2] });
      for (const noted of [...heads, '0'.repeat(64)]) expect(await verify(noted)).toMatchObject({ ok: true });
      await store.attempt(entry('c4'));
      expect(await verify(heads[1])).toMatchObject({ ok: true, rows: 4 });
      expect(await verify('f'.repeat(64))).toEqual({
        ok: false,
        problem: expect.stringContaining('is not in the chain'),
      });
    });

    it('finds that the end was cut off and the head set back', async () => {
      await fill();
      await cut(2);
      expect(await verify()).toMatchObject({ ok: false, seq: 2, problem: expect.stringContaining('MAC') });
    });

    it('finds it also when the log was continued since, by any server', async () => {
      const [, , third] = await fill();
      await cut(2);
      for (const id of ['d1', 'd2', 'd3']) await store.attempt(entry(id));
      expect(await verify()).toMatchObject({ ok: false, seq: 2, problem: expect.stringContaining('removed') });
      expect(await verify(third)).toMatchObject({ ok: false });
      await raw.run(`UPDATE head SET breaks = '[]'`);
      expect(await verify()).toMatchObject({ ok: false });
      await store.attempt(entry('d4'));
      expect(await verify()).toMatchObject({ ok: false });
    });

    it('finds a log that was emptied, and entries that were added', async () => {
      await raw.run(`DELETE FROM entries; UPDATE head SET seq = 0, hash = '${'0'.repeat(64)}', mac = ''`);
      expect(await verify()).toMatchObject({ ok: false });
      await store.stop();
      await place.remove();
      place = await makePlace();
      raw = accessOf(place);
      store = await open();
      await fill();
      await raw.run(`INSERT INTO entries SELECT 4, 'c4', kind, at, outcome, owner, provider, connection, user_id, body, hash, prev
        FROM entries WHERE seq = 3`);
      expect(await verify()).toMatchObject({ ok: false, seq: 4 });
    });

    it('finds an earlier state that was restored as a whole, by a head noted elsewhere', async () => {
      await store.attempt(entry('c1'));
      const { mac: signature } = await store.signedHead();
      await store.attempt(entry('c2'));
      const noted = (await store.head()).hash;
      await cut(1);
      await raw.run(`UPDATE head SET mac = '${signature}'`);
      expect(await verify()).toMatchObject({ ok: true, rows: 1 });
      expect(await verify(noted)).toMatchObject({ ok: false, problem: expect.stringContaining(noted) });
    });

    it('continues with another key: what an old one signed holds as long as that one is known', async () => {
      await store.stop();
      await place.remove();
      place = await makePlace();
      raw = accessOf(place);
      store = await open(createSeal(oldKey).mac);
      await fill();
      await store.approvals.request(requested('a1'), body());
      await store.approvals.addApprover('ann', 'v');

      const rotated = createSeal(key, [oldKey]).mac;
      store = await open(rotated);
      expect(await verify(undefined, rotated)).toMatchObject({ ok: true });
      expect(await store.approvals.approvers()).toHaveLength(1);
      await store.approvals.request(requested('a2'), body());
      const another = await open(createSeal(otherKey).mac);
      expect(await another.approvals.list({ limit: 9, state: 'pending' })).toHaveLength(2);
      expect(await another.approvals.decide('a1', yes('ann'))).toEqual({ kind: 'gone' });
      await store.approvals.decide('a1', yes('ann'));
      await store.approvals.decide('a1', yes('ben'));
      expect(await use('a1')).toMatchObject({ kind: 'opened' });
      expect(await verify(undefined, rotated)).toMatchObject({ ok: true });

      // A key without the old ones: the break stays until they are known again.
      store = await open(createSeal(otherKey).mac);
      await store.attempt(entry('e1'));
      expect(await verify(undefined, createSeal(otherKey).mac)).toMatchObject({ ok: false, rows: 9 });
      expect(await verify(undefined, createSeal(otherKey, [key]).mac)).toMatchObject({ ok: true, rows: 9 });
      expect(await verify()).toMatchObject({ ok: false, problem: expect.stringContaining('is not known here') });
    });
  });
}
