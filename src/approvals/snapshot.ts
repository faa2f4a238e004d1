import { isObject, type JsonObject } from '../lib/json/json-value.ts';
import type { PlanView } from '../update/redact/types.ts';
import type { RightsNeeded } from './rights.ts';

/**
 * A pending change as an approver sees it, sealed at rest. Personal values are in the clear, because no one can judge
 * what is hidden. Secrets are not in it in any form. The property names are a stored format.
 */
export interface ApprovalSnapshot extends PlanView<'person'> {
  tool: string;
  providerTitle: string;
  emails: string[];
  /** Fields that policy left out. */
  stripped: string[];
  /** Fields of an undo that changed since: overwriting them has to be confirmed separately. */
  contested: string[];
  /** Secrets the approver types. */
  askFor: string[];
  /** The label to type, for changes that need a second look. */
  typed?: string;
  caller: string;
  /** Further verified names of the caller: an approver with one of them may not approve. */
  identities?: string[];
  /** The name the client gives itself; not verified. */
  client?: string;
  reason?: string;
  /** The change that this one undoes. */
  undoes?: string;
  /** Why the question is asked again. */
  again?: string;
  verdict: string;
  rule: string;
  /** The operator's note on the rule. */
  ruleNote?: string;
  /** The declared, non-secret fields of the user record: the vendor's rules for a typed secret may refer to them. */
  record: JsonObject;
}

/** A batch that waits, as an approver sees it; sealed at rest like a single change. */
export interface BatchSnapshot
  extends Pick<ApprovalSnapshot, 'tool' | 'caller' | 'identities' | 'client' | 'reason' | 'again' | 'typed'>,
    Pick<ApprovalSnapshot, 'verdict' | 'rule' | 'ruleNote'> {
  /** The batch under which it was asked for first; a later call has another id. */
  batch: string;
  allOrNothing: boolean;
  /** The batch that this one undoes. */
  undoes?: string;
  /** What a yes is bound to, for each change of the call in its order; null for one that is not included. */
  digests: (string | null)[];
  /** The included changes: those at risk first. */
  changes: BatchedChange[];
}

/** One change of a batch as an approver sees it. */
export interface BatchedChange
  extends PlanView<'person'>,
    Pick<ApprovalSnapshot, 'providerTitle' | 'emails' | 'stripped' | 'contested'> {
  /** The line of the file it comes from. */
  line?: number;
  /** The change it undoes. */
  undoes?: string;
}

export function isBatchSnapshot(snapshot: ApprovalSnapshot | BatchSnapshot): snapshot is BatchSnapshot {
  return 'batch' in snapshot;
}

/** The rights it takes to decide on it. */
export function rightsNeeded({ provider, changes }: Pick<ApprovalSnapshot, 'provider' | 'changes'>): RightsNeeded {
  return { provider, effects: [...new Set(changes.map(({ effect }) => effect ?? ''))] };
}

/** Version 0.1.0 sealed one entry per field, as `fields`. */
export function readSnapshot(unsealed: unknown): ApprovalSnapshot {
  const isOld = isObject(unsealed) && !('changes' in unsealed);
  return (isOld ? { ...unsealed, changes: unsealed['fields'] } : unsealed) as ApprovalSnapshot; // sealed by us
}
