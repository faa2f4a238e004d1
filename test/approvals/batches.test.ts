import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DecisionResult } from '../../src/approvals/approval.ts';
import { type ApprovalService, createApprovalService } from '../../src/approvals/service.ts';
import type { BatchResult } from '../../src/update/batch/types.ts';
import { askForBatch, change } from '../support/approvals/batches.ts';
import { batchCall, type GivenChange, runToEnd } from '../support/pipeline/batch.ts';
import { createPipeline, type Pipeline, putsAt } from '../support/pipeline/pipeline.ts';

/** One request for many people: who sees it, who decides, and what a yes is good for. The same in every store. */

const APPROVERS: readonly [name: string, may: string[]][] = [
  ['ann', ['*:*']],
  ['atl', ['atlassian:*']],
  ['both', ['atlassian:ordinary', 'awork:ordinary']],
  ['local', ['*:*']],
];
const BOTH: readonly GivenChange[] = [
  change('atlassian', 'jane', { title: 'Boss' }),
  change('atlassian', 'john', { active: false }),
  change('awork', 'anna', { position: 'Boss' }),
];
const TITLES = [change('atlassian', 'jane', { title: 'Boss' }), change('atlassian', 'john', { title: 'Boss' })];

describe.each(['memory', 'sqlite'])('a batch that waits, in a store of %s', (kind) => {
  let dir: string;
  let pipeline: Pipeline;
  let service: ApprovalService;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'batches-'));
    const policy = {
      rules: [
        { newValue: 'forbidden', decision: 'deny' },
        { field: '*', decision: 'approve' },
      ],
    };
    const store = kind === 'memory' ? 'memory' : join(dir, 'store.db');
    pipeline = await createPipeline({ config: { policy }, env: { UPDATE_USER_STORE: store } });
    const { approvals } = await pipeline.app.store();
    for (const [name, may] of APPROVERS) await approvals.addApprover(name, `verifier of ${name}`, [], may);
    service = await createApprovalService(pipeline.app);
  }, 60_000);
  afterAll(async () => {
    await pipeline.stop();
    rmSync(dir, { recursive: true, force: true });
  });
  beforeEach(async () => {
    for (const vendor of ['atlassian', 'awork'] as const) pipeline.sandbox.vendors[vendor].reset();
    const { approvals } = await pipeline.app.store();
    for (const state of ['pending', 'approved'] as const) {
      for (const { id } of await approvals.list({ state, limit: 100 })) await approvals.withdraw(id);
    }
  });

  const ask = (given = TITLES, more = {}) => askForBatch(pipeline, given, more);
  const again = (given = TITLES, more = {}): Promise<BatchResult> =>
    runToEnd(pipeline, batchCall(pipeline, given, { canAsk: false, ...more }));
  const decide = (id: string, name: string, more = {}): Promise<DecisionResult> =>
    service.decide(id, name, { yes: true, ...more });
  const move = (person: 'jane' | 'john') => {
    const { users } = pipeline.sandbox.vendors.atlassian;
    const { args } = change('atlassian', person, {});
    Object.assign(users.get(String(args['user_id'])) ?? {}, { title: `moved ${person}` });
  };

  it('is seen with a right at every provider in it, and decided with one to every effect there', async () => {
    const { id } = await ask([...BOTH]);
    expect(await service.countPending('atl')).toBe(0);
    expect((await service.list('pending', undefined, 10, 'atl')).approvals).toEqual([]);
    expect(await service.openFor(id, 'atl')).toBeUndefined();
    for (const yes of [true, false]) expect(await decide(id, 'atl', { yes, typed: '3' })).toEqual({ kind: 'gone' });
    expect(await service.countPending('both')).toBe(1);
    const approval = await service.openFor(id, 'both');
    if (!approval || approval === 'sealed') throw new Error('not seen');
    expect((await service.review(approval, 'both')).eligibility).toEqual({
      kind: 'no-right',
      missing: [{ provider: 'Atlassian', effects: ['lifecycle'] }],
    });
    for (const yes of [true, false]) expect((await decide(id, 'both', { yes, typed: '3' })).kind).toBe('no-right');
    expect((await decide(id, 'local', { typed: '3' })).kind).toBe('own');
    expect((await decide(id, 'ann', { typed: '3' })).kind).toBe('decided');
    expect(putsAt(pipeline.sandbox, 'atlassian')).toEqual([]);
    expect((await again([...BOTH])).counts).toEqual({ updated: 3 });
  });

  it('wants the number of changes typed where one of them is a risk', async () => {
    const { id } = await ask([...BOTH]);
    for (const typed of [undefined, '', '2', 'John Smith']) {
      expect(await decide(id, 'ann', { typed })).toMatchObject({ kind: 'invalid', errors: [{ field: 'typed' }] });
    }
    expect((await decide(id, 'ann', { typed: ' 3 ' })).kind).toBe('decided');
    expect((await decide((await ask()).id, 'ann')).kind).toBe('decided');
  });

  it('says afterwards how it ended', async () => {
    const { id } = await ask();
    await decide(id, 'ann');
    move('john');
    const result = await again();
    expect(result.counts).toEqual({ updated: 1, conflict: 1 });
    const approval = await service.open(id);
    if (!approval || approval === 'sealed') throw new Error('not kept');
    const what = { kind: 'batch', batchId: result.batch_id, counts: { updated: 1, conflict: 1 } };
    expect((await service.review(approval, 'ann')).status).toEqual({ kind: 'used', by: ['ann'], what });
  });

  it('is asked for again with the number of records that moved', async () => {
    const first = await ask();
    move('john');
    const second = await ask();
    expect(second.message).toContain('Asked again: 1 of 2 user records are not as at the earlier request.');
    const approval = await service.open(second.id);
    expect(approval).toMatchObject({ snapshot: { again: expect.stringContaining('1 of 2') } });
    expect(await service.open(first.id)).toMatchObject({ row: { state: 'withdrawn' } });
    // Once everything in it moved, the yes covers nothing.
    await decide(second.id, 'ann');
    move('jane');
    Object.assign(pipeline.sandbox.vendors.atlassian.users.get(String(TITLES[1]?.args['user_id'])) ?? {}, {
      title: 'x',
    });
    expect((await ask()).message).toContain('Asked again: 2 of 2 user records');
    expect(putsAt(pipeline.sandbox, 'atlassian')).toEqual([]);
  });

  it('approved is of no use to another caller, in another order, or as all or nothing', async () => {
    const { id } = await ask();
    await decide(id, 'ann');
    const other = { principal: 'other', client: 'tests 1.0', clientName: 'tests' };
    for (const [given, more] of [
      [TITLES, { caller: other }],
      [[...TITLES].reverse(), {}],
      [TITLES, { allOrNothing: true }],
      [TITLES.slice(1), {}],
    ] as const) {
      expect((await again([...given], more)).outcome).toBe('needs_approval');
    }
    expect(putsAt(pipeline.sandbox, 'atlassian')).toEqual([]);
    expect((await again()).outcome).toBe('updated');
  });

  it('declined stays so in another order, for another reason, and as all or nothing', async () => {
    const given = [change('atlassian', 'jane', { title: 'No' }), change('atlassian', 'john', { title: 'No' })];
    const { id } = await ask(given, { reason: 'promoted' });
    await decide(id, 'ann', { yes: false });
    for (const more of [{}, { reason: 'as agreed' }, { allOrNothing: true }]) {
      for (const ordered of [given, [...given].reverse()]) {
        const { outcome, results } = await again(ordered, more);
        expect([outcome, results[0]?.code]).toEqual(['refused', 'declined']);
      }
    }
  });

  it('is recorded with the reason that was agreed to', async () => {
    const { id } = await ask(TITLES, { reason: 'promoted' });
    await decide(id, 'ann');
    const { batch_id: batchId, outcome } = await again(TITLES, { reason: 'something else' });
    expect(outcome).toBe('updated');
    const store = await pipeline.app.store();
    const entries = [...(await store.list({ batchId, limit: 9 })), ...(await store.trail(batchId)).entries];
    expect(entries.map(({ body }) => body.reason)).toEqual(['promoted', 'promoted', 'promoted', 'promoted']);
  });

  it('needs the yes to count when it is used: the rights of then, and no yes taken back', async () => {
    const { id } = await ask();
    await decide(id, 'both');
    const { approvals } = await pipeline.app.store();
    const change = (may: string[]) =>
      approvals.replaceApprover(
        ({ name }) => name === 'both',
        (one) => one && { ...one, may },
      );
    await change(['atlassian:lifecycle']);
    expect((await again()).outcome).toBe('needs_approval');
    await change(['atlassian:ordinary', 'awork:ordinary']);
    await service.takeBack(id, 'both');
    expect((await again()).outcome).toBe('needs_approval');
    await decide(id, 'both');
    expect((await again()).outcome).toBe('updated');
  });

  it('is not asked for again while another call carries it out', async () => {
    const { id, batch } = await ask();
    await decide(id, 'ann');
    const store = await pipeline.app.store();
    const entry = { provider: 'atlassian', connection: 'atlassian', userId: '', changeId: batch, outcome: 'opened' };
    const body = { tool: 'update_users', caller: 'local', fields: [], batchId: batch };
    const opened = { id: batch, expiresAt: Date.now() + 60_000, header: new Uint8Array(1), parts: [] };
    await store.batches.open({ batch: opened, entry: { ...entry, body }, approval: id });
    const during = await again();
    expect(during.results.map(({ code }) => code)).toEqual(['record_changed', 'record_changed']);
    expect(await service.countPending()).toBe(0);
    await store.batches.finish(batch, { ...entry, outcome: 'finished', body }, 'drop');
    expect((await again()).outcome).toBe('needs_approval');
  });

  it('that is kept uses its yes though some of it was denied before', async () => {
    const given = [change('awork', 'anna', { position: 'forbidden' }), ...TITLES];
    const { resumeBatch, readBatch } = await import('../../src/update/batch/resume.ts');
    const { id, batch } = await ask(given, { isKept: true });
    expect((await decide(id, 'ann')).kind).toBe('decided');
    const ports = await pipeline.app.ports();
    const found = await readBatch(batch, { canAsk: false }, pipeline.app.settings.connections, ports);
    const reply = await resumeBatch(found, ports);
    expect(reply).toMatchObject({ kind: 'batch', counts: { denied: 1, updated: 2 } });
  });
});
