import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createApprovalService } from '../../src/approvals/service.ts';
import { idOf } from '../../src/sandbox/people.ts';
import type { OpenResult } from '../../src/store/store.ts';
import type { Ports } from '../../src/update/ports.ts';
import type { Answer } from '../../src/update/types.ts';
import { update } from '../../src/update/update.ts';
import { type PipelineOptions, putsAt, startPipeline, yesTo } from '../support/pipeline/pipeline.ts';
import { requestFor } from '../support/pipeline/requests.ts';

/** The entry of a call that fails after the consent still says who agreed, and to what. */

const jane = idOf('atlassian', 'jane');

async function start(options: PipelineOptions) {
  const pipeline = await startPipeline(options);
  const ports = await pipeline.app.ports();
  const connection = pipeline.app.settings.connections.find(({ name }) => name === 'atlassian');
  if (!connection) throw new Error('no connection');
  const stays = new AbortController().signal;
  const call = async (
    reason: string,
    { answer, signal = stays, ...more }: Partial<Ports> & { answer?: Answer; signal?: AbortSignal } = {},
  ) => {
    const request = { ...requestFor({ set: { title: 'Boss' } }), userId: jane, reason };
    const caller = { principal: 'local' };
    const asked = { connection, request, caller, canAsk: true, signal, ...(answer && { answer }) };
    return await update(asked, { ...ports, ...more });
  };
  const opening = (open: () => Promise<OpenResult>): Pick<Ports, 'store'> => ({ store: { ...ports.store, open } });
  return { ...pipeline, ports, call, opening };
}

describe('a call that fails after the consent', () => {
  it.each<[string, string, (ports: Ports, leave: () => void) => Partial<Ports>]>([
    [
      'the store cannot open the entry',
      'internal',
      ({ store }) => ({
        store: { ...store, open: () => Promise.reject(new Error('disk full')) },
      }),
    ],
    [
      'the caller leaves while the entry is opened',
      'internal',
      ({ store }, leave) => ({
        store: {
          ...store,
          open: async () => {
            leave();
            throw new Error('gone');
          },
        },
      }),
    ],
    [
      'sealing fails',
      'internal',
      ({ seal }) => ({
        seal: {
          ...seal,
          prepare: () => () => {
            throw new Error('no key');
          },
        },
      }),
    ],
    [
      'the write fails unexpectedly',
      'internal',
      ({ records }) => ({
        records: { ...records, write: () => Promise.reject(new TypeError('broken')) },
      }),
    ],
  ])('records how long the answer took when %s', async (_case, code, breaking) => {
    const { call, ports, sandbox } = await start({ config: { policy: {} } });
    const asked = await call('promoted');
    if (asked.kind !== 'ask') throw new Error('not asked');
    const caller = new AbortController();
    const broken = breaking(ports, () => caller.abort());
    const answer = { ...yesTo(asked), afterMs: 4200 };
    const failed = await call('promoted', { ...broken, answer, signal: caller.signal });
    expect(failed).toMatchObject({ outcome: 'failed', code });
    const [entry] = await ports.store.list({ userId: jane, limit: 1 });
    expect(entry?.body).toMatchObject({ code, answeredAfterMs: 4200 });
    expect(putsAt(sandbox, 'atlassian')).toHaveLength(0);
  });

  it('records the approver and the approved reason when other changes are in progress until the end', async () => {
    const policy = { rules: [{ field: '*', decision: 'approve' }] };
    const { app, call, opening, ports, sandbox } = await start({ config: { policy, limits: { callSeconds: 1 } } });
    await ports.store.approvals.addApprover('ann', 'not signed in with here');
    const pending = await call('promoted');
    if (pending.kind !== 'result') throw new Error('asked');
    await (await createApprovalService(app)).decide(pending.approval?.id ?? '', 'ann', { yes: true });
    const blocked = await call(
      'another reason',
      // Past the end of the call, so that it cannot end in the middle of a read.
      opening(() => sleep(1100, { kind: 'busy' })),
    );
    expect(blocked).toMatchObject({ outcome: 'failed', code: 'record_changed' });
    const [entry] = await ports.store.list({ userId: jane, limit: 1 });
    expect(entry?.body).toMatchObject({ code: 'record_changed', approvedBy: 'ann', reason: 'promoted' });
    expect(putsAt(sandbox, 'atlassian')).toHaveLength(0);
  });
});
