import { isObject, type JsonObject } from '../lib/json/json-value.ts';
import { quoteNames } from '../lib/text/quote.ts';
import type { PlanView } from '../update/redact/types.ts';
import type { RightsNeeded } from './rights.ts';

/** What is asked for one user record, as an approver sees it. The property names are a stored format. */
export interface PersonChange extends PlanView<'person'> {
  providerTitle: string;
  emails: string[];
  /** Fields that policy left out. */
  stripped: string[];
  /** Fields of an undo that changed since: overwriting them has to be confirmed separately. */
  contested: string[];
  /** The change that this one undoes. */
  undoes?: string;
  /** The line of the file it comes from. */
  line?: number;
}

/** Who asks and why, whatever is asked for. */
interface RequestFacts {
  tool: string;
  caller: string;
  /** Further verified names of the caller: an approver with one of them may not approve. */
  identities?: string[];
  /** The name the client gives itself; not verified. */
  client?: string;
  reason?: string;
  /** Why the question is asked again. */
  again?: string;
  /** What to type, for changes that need a second look: the label, or the number of a batch. */
  typed?: string;
  verdict: string;
  rule: string;
  /** The operator's note on the rule. */
  ruleNote?: string;
}

/**
 * A pending change as an approver sees it, sealed at rest. Personal values are in the clear, because no one can judge
 * what is hidden. Secrets are not in it in any form.
 */
export interface ApprovalSnapshot extends PersonChange, RequestFacts {
  /** Secrets the approver types. */
  askFor: string[];
  /** The declared, non-secret fields of the user record: the vendor's rules for a typed secret may refer to them. */
  record: JsonObject;
}

/** A batch that waits, as an approver sees it; sealed at rest like a single change. */
export interface BatchSnapshot extends RequestFacts {
  /** The batch under which it was asked for first; a later call has another id. */
  batch: string;
  allOrNothing: boolean;
  /** It is kept until it is resumed by the id of the batch. */
  isKept?: true;
  /** The batch that this one undoes, and how many of its changes cannot be put back. */
  undoes?: string;
  notUndone?: number;
  /** What a yes is bound to, for each change of the call in its order; null for one that is not included. */
  digests: (string | null)[];
  /** The included changes: those at risk first. */
  changes: PersonChange[];
}

/** What one request for approval asks for. */
export type RequestSnapshot = ApprovalSnapshot | BatchSnapshot;

export function isBatchSnapshot(snapshot: RequestSnapshot): snapshot is BatchSnapshot {
  return 'batch' in snapshot;
}

/** Everyone who is changed: those at risk first. */
export function peopleIn(snapshot: RequestSnapshot): readonly PersonChange[] {
  return isBatchSnapshot(snapshot) ? snapshot.changes : [snapshot];
}

/** Secrets the approver types; a batch has none. */
export function askForIn(snapshot: RequestSnapshot): readonly string[] {
  return isBatchSnapshot(snapshot) ? [] : snapshot.askFor;
}

/** What a yes overwrites that changed since, in words; undefined if nothing. Where each field stands is shown with it. */
export function contestedText(snapshot: RequestSnapshot): string | undefined {
  if (!isBatchSnapshot(snapshot)) return snapshot.contested.length > 0 ? quoteNames(snapshot.contested) : undefined;
  const fields = snapshot.changes.reduce((sum, { contested }) => sum + contested.length, 0);
  const people = snapshot.changes.filter(({ contested }) => contested.length > 0).length;
  if (fields === 0) return undefined;
  return `${fields} ${fields === 1 ? 'field' : 'fields'} of ${people} ${people === 1 ? 'user record' : 'user records'}`;
}

/** What a yes agrees to, for a button or a question. */
export function approvedText(snapshot: RequestSnapshot): string {
  const { length } = peopleIn(snapshot);
  return length === 1 ? 'this change' : `all ${length} changes`;
}

/** The rights it takes to decide on all of these: those to each effect, at each provider. */
export function rightsNeeded(people: readonly Pick<PlanView<'person'>, 'provider' | 'changes'>[]): RightsNeeded[] {
  const effects = new Map<string, Set<string>>();
  for (const { provider, changes } of people) {
    const known = effects.get(provider) ?? new Set();
    // In a request of version 0.1.0 a field may have no effect.
    for (const { effect } of changes) known.add(effect ?? '');
    effects.set(provider, known);
  }
  return [...effects].map(([provider, needed]) => ({ provider, effects: [...needed] }));
}

/** Version 0.1.0 sealed one entry per field, as `fields`. */
export function readSnapshot(unsealed: unknown): RequestSnapshot {
  const isOld = isObject(unsealed) && !('changes' in unsealed);
  return (isOld ? { ...unsealed, changes: unsealed['fields'] } : unsealed) as RequestSnapshot; // sealed by us
}
