import type { RightsNeeded } from '../../../approvals/rights.ts';
import type { BatchedChange, BatchSnapshot } from '../../../approvals/snapshot.ts';
import { readSnapshot } from '../../../approvals/snapshot.ts';
import type { ApprovalSubject } from '../../approval/lookup.ts';
import { needsTyping } from '../../confirm/question.ts';
import type { Ports } from '../../ports.ts';
import { batchBody, batchUser } from '../entry.ts';
import type { BatchPlan, PlannedChange } from '../plan/types.ts';
import { strictestVerdict } from '../plan/verdict.ts';
import type { BatchCall } from '../types.ts';
import { batchChangeKey, batchDigest, batchRequestKey, digestsOf } from './digest.ts';
import { riskyPeopleFirst } from './question.ts';

/** A batch, as approvers are asked about it: one request for all its changes. */
export function batchSubject(batch: BatchCall, plan: BatchPlan, ports: Ports): ApprovalSubject {
  const digests = digestsOf(batch, plan);
  const { decision, rule } = strictestVerdict(plan.planned);
  const requestKey = batchRequestKey(batch, ports);
  const keys = { digest: batchDigest(requestKey, digests, ports), changeKey: batchChangeKey(plan, ports), requestKey };
  return {
    caller: batch.caller,
    user: batchUser(batch),
    keys,
    rights: rightsOf(plan.planned),
    entry: batchBody(batch, { people: plan.planned.length, decision, rule }),
    isBatch: true,
    isInFlight: async () => false,
    changedSince: () => 'Asked again: records in it changed since the earlier request.',
    snapshot: async (note) => snapshotOf(batch, plan, digests, note),
  };
}

/** Which changes an approval covers; undefined if the row is not about a batch. */
export function approvedDigests(unsealed: unknown): BatchSnapshot['digests'] | undefined {
  const snapshot = readSnapshot(unsealed) as unknown as Partial<BatchSnapshot>;
  return snapshot.digests;
}

function rightsOf(planned: readonly PlannedChange[]): RightsNeeded[] {
  const effects = new Map<string, Set<string>>();
  for (const { view } of planned) {
    const known = effects.get(view.provider) ?? new Set();
    for (const { effect } of view.changes) known.add(effect);
    effects.set(view.provider, known);
  }
  return [...effects].map(([provider, needed]) => ({ provider, effects: [...needed] }));
}

function snapshotOf(
  { id, tool, caller, allOrNothing, undoes, reason }: BatchCall,
  { planned }: BatchPlan,
  digests: BatchSnapshot['digests'],
  note: string | undefined,
): BatchSnapshot {
  const { decision, rule, note: ruleNote } = strictestVerdict(planned);
  return {
    batch: id,
    tool,
    allOrNothing,
    caller: caller.principal,
    identities: [...(caller.identities ?? [])],
    verdict: decision,
    rule,
    digests,
    changes: riskyPeopleFirst(planned).map(toBatchedChange),
    ...(ruleNote !== undefined && { ruleNote }),
    ...(undoes !== undefined && { undoes }),
    ...(needsTyping(planned.flatMap(({ view }) => view.changes)) && { typed: String(planned.length) }),
    ...(caller.client !== undefined && { client: caller.client }),
    ...(reason !== undefined && { reason }),
    ...(note !== undefined && { again: note }),
  };
}

function toBatchedChange({ view, call, emails, contested, verdict, line }: PlannedChange): BatchedChange {
  const { undo } = call.request;
  return {
    ...view,
    providerTitle: call.connection.provider.title,
    emails: [...emails],
    stripped: [...verdict.stripped],
    contested: [...contested],
    ...(line !== undefined && { line }),
    ...(undo && { undoes: undo.changeId }),
  };
}
