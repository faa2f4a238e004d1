import { canonicalJson } from '../lib/json/json.ts';
import type { JsonObject } from '../lib/json/json-value.ts';
import { isTyped } from '../update/confirm/typed-name.ts';
import {
  type Approval,
  type ApproverDecision,
  type DecisionResult,
  isBatch,
  type SingleApproval,
  secretsToType,
} from './approval.ts';
import type { ApprovalService } from './service.ts';

/** Deciding several requests with one yes or no. Each decision is recorded by itself, as if it were the only one. */

/** Requests in one decision. */
export const MAX_TOGETHER = 50;

/** Groups in the order of their first members. */
export function groupsOf<T>(all: readonly T[], keyOf: (one: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()];
}

/** The same for requests about one user record. A batch is like no other request. */
export function personOf(approval: Approval): string {
  const { id, provider, connection, userId } = approval.row;
  return JSON.stringify(isBatch(approval) ? [id] : [provider, connection, userId]);
}

/** The same for requests of one caller that set the same fields to the same values, of whatever person. */
export function likenessOf(approval: Approval): string {
  if (isBatch(approval)) return approval.row.id;
  const { row, snapshot } = approval;
  const changes = snapshot.changes.map(({ field, place, after, cleared, list }) => ({
    field,
    place: place ?? '',
    after: after ?? null,
    cleared,
    list: list ? [list.removed, list.added] : [],
  }));
  return canonicalJson([row.caller, row.provider, changes] as unknown as JsonObject[]);
}

/** Whether all are of one person, or all ask for the same change for one caller. */
export function areAlike(all: readonly Approval[]): boolean {
  return groupsOf(all, personOf).length <= 1 || groupsOf(all, likenessOf).length <= 1;
}

/** Why a request cannot be decided together with others; undefined if it can. */
export function mustBeDecidedAlone(approval: Approval): string | undefined {
  if (isBatch(approval)) return 'Has to be decided alone: it is a batch.';
  if (secretsToType(approval).length > 0) return 'Has to be decided alone: a new secret is typed there.';
  if (approval.snapshot.contested.length > 0) {
    return 'Has to be decided alone: the same fields changed since.';
  }
  return undefined;
}

/** What has to be typed to approve these: their number, if any of them needs something typed; for a single one, the label. */
export function whatToType(all: readonly Approval[]): string | undefined {
  const [typed] = all.flatMap(({ snapshot }) => snapshot.typed ?? []);
  return typed === undefined || all.length === 1 ? typed : String(all.length);
}

/** What became of one of them. */
export interface DecidedTogether {
  approval: SingleApproval;
  result: DecisionResult;
}

/** What became of each, in order. Nothing is decided if that was not typed. */
export async function decideTogether(
  service: Pick<ApprovalService, 'decide'>,
  all: readonly SingleApproval[],
  approver: string,
  decision: Pick<ApproverDecision, 'yes' | 'reason' | 'typed'>,
): Promise<DecidedTogether[] | undefined> {
  const { yes, reason, typed } = decision;
  const expected = whatToType(all);
  if (yes && expected !== undefined && !isTyped(typed, expected)) return undefined;
  const results: DecidedTogether[] = [];
  for (const approval of all) {
    const name = approval.snapshot.typed;
    const own = { yes, ...(reason !== undefined && { reason }), ...(yes && name !== undefined && { typed: name }) };
    results.push({ approval, result: await service.decide(approval.row.id, approver, own) });
  }
  return results;
}
