import {
  type BatchSnapshot,
  isBatchSnapshot,
  type PersonChange,
  readSnapshot,
  rightsNeeded,
} from '../../../approvals/snapshot.ts';
import type { ApprovalRow } from '../../../store/approvals.ts';
import type { RecordedField } from '../../../store/log/entry.ts';
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
  const shownIn = (row: ApprovalRow) => approvedDigests(ports.seal.unseal(row.id, row.view)) ?? [];
  return {
    caller: batch.caller,
    user: batchUser(batch),
    keys,
    rights: rightsNeeded(plan.planned.map(({ view }) => view)),
    entry: {
      ...batchBody(batch, { people: plan.planned.length, decision, rule }),
      fields: distinctFields(plan.planned),
    },
    covers: (earlier) => shownIn(earlier).some((digest, index) => digest !== null && digest === digests[index]),
    isInFlight: async ({ changeId }) => changeId !== undefined && (await isUnderWay(changeId, ports)),
    changedSince: (earlier) => movedNote(shownIn(earlier), digests),
    snapshot: async (note) => snapshotOf(batch, plan, digests, note),
  };
}

/** Which changes an approval covers, in the order of the batch; undefined if the row is not about a batch. */
export function approvedDigests(unsealed: unknown): BatchSnapshot['digests'] | undefined {
  const snapshot = readSnapshot(unsealed);
  return isBatchSnapshot(snapshot) ? snapshot.digests : undefined;
}

function movedNote(was: BatchSnapshot['digests'], is: BatchSnapshot['digests']): string {
  const moved = is.filter((digest, index) => digest !== was[index]).length;
  const records = is.length === 1 ? 'user record is' : 'user records are';
  return `Asked again: ${moved} of ${is.length} ${records} not as at the earlier request.`;
}

/** The names of the fields, each once: what notices say. No values, since those of ten thousand people are no summary. */
function distinctFields(planned: readonly PlannedChange[]): RecordedField[] {
  const changes = planned.flatMap(({ view }) => view.changes.map(({ field, effect }) => [field, effect] as const));
  return [...new Map(changes)].map(([field, effect]) => ({ field, effect, before: undefined, after: undefined }));
}

/** A batch that has logged nothing for this long has been interrupted. */
const QUIET_MS = 5 * 60_000;

/** Whether a call that used the approval is carrying the batch out. */
async function isUnderWay(batchId: string, { store, clock }: Ports): Promise<boolean> {
  const { entries } = await store.trail(batchId);
  const event = entries.filter(({ kind }) => kind === 'batch').at(-1);
  if (event?.outcome !== 'opened') return false;
  const [newest = event] = await store.list({ batchId, limit: 1 });
  return clock.now() - Date.parse(newest.at > event.at ? newest.at : event.at) < QUIET_MS;
}

function snapshotOf(
  batch: BatchCall,
  { planned }: BatchPlan,
  digests: BatchSnapshot['digests'],
  note: string | undefined,
): BatchSnapshot {
  const { id, tool, caller, allOrNothing, undoes, notUndone, reason, isKept } = batch;
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
    changes: riskyPeopleFirst(planned).map(toPersonChange),
    ...(isKept && { isKept }),
    ...(ruleNote !== undefined && { ruleNote }),
    ...(undoes !== undefined && { undoes }),
    ...(notUndone !== undefined && { notUndone }),
    ...(needsTyping(planned.flatMap(({ view }) => view.changes)) && { typed: String(planned.length) }),
    ...(caller.client !== undefined && { client: caller.client }),
    ...(reason !== undefined && { reason }),
    ...(note !== undefined && { again: note }),
  };
}

function toPersonChange({ view, call, emails, contested, verdict, line }: PlannedChange): PersonChange {
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
