import { parsePath } from '../../lib/json/field-path.ts';
import type { JsonObject } from '../../lib/json/json-value.ts';
import { fieldOf, type Provider } from '../../providers/provider.ts';
import { createPlan } from '../plan/plan.ts';
import { planField } from '../plan/plan-field.ts';
import type { LeafChange } from '../plan/types.ts';
import type { Caller, ChangeRequest, Connection } from '../types.ts';
import { anyOf, HIDDEN } from './hidden-text.ts';
import { type JudgedLeaf, type Judgement, judge } from './judge.ts';
import { pathsIn, type Texts, textsIn, textsOf } from './leaf-texts.ts';
import { judgePlan } from './policy.ts';
import { findingsOf, type LeafFinding, leafFindings, type PolicyFinding } from './report.ts';
import type { Rule } from './rules.ts';
import { sideEffectLeaves } from './side-effect-leaves.ts';

/** What policy says of a change that nobody asked for yet. */
export interface Trial {
  /** One, unless it cannot be told. Empty if the user record has the values already. */
  verdict: readonly PolicyFinding[];
  leaves: readonly LeafFinding[];
  /** The conditions of rules that ask for what is not known. */
  dependsOn: readonly string[];
}

export interface TrialSubject {
  connection: Connection;
  caller: Pick<Caller, 'principal'>;
  /** How many user records the call changes, with those that count of the hour before. */
  people(rule: Rule): number;
}

/** Judges a request against a user record that was read: the same plan and verdict as those of a call. */
export function tryWithRecord(
  rules: readonly Rule[],
  subject: TrialSubject,
  request: ChangeRequest,
  record: JsonObject,
): Trial {
  const plan = createPlan(subject.connection.provider, request, { record }, new Set());
  if (plan.leaves.length === 0) return { verdict: [], leaves: [], dependsOn: [] };
  return toTrial(rules, judgePlan(rules, { ...subject, userId: request.userId, emails: plan.emails }, plan));
}

/**
 * Judges a request without a user record: as if everything that is named changes. What the record holds, and whose it
 * is, is not known.
 */
export function tryWithoutRecord(rules: readonly Rule[], subject: TrialSubject, request: ChangeRequest): Trial {
  const { provider } = subject.connection;
  const set = { ...request, clear: [] };
  const none: ReadonlySet<string> = new Set();
  const named = [...new Set([...request.set.keys(), ...request.askFor])];
  const changed = named.flatMap((name) => planField(provider, set, {}, name, none).flatMap(({ leaves }) => leaves));
  const cleared = request.clear.map((path) => clearedLeaf(provider, parsePath(path) ?? [path]));
  const sent = new Set([...named, ...request.clear.map((path) => parsePath(path)?.[0] ?? path)]);
  return toTrial(
    rules,
    judge(rules, { ...subject, userId: undefined, emails: undefined }, [
      ...changed.map((leaf) => ({ leaf, texts: () => textsWithoutBefore(leaf) })),
      ...cleared.filter((leaf) => leaf !== undefined),
      ...sideEffectLeaves(provider, sent),
    ]),
  );
}

function toTrial(rules: readonly Rule[], judgement: Judgement): Trial {
  const verdict = findingsOf(rules, judgement);
  const unknown = judgement.leaves.flatMap((leaf) => (leaf.rulings.length > 1 ? leaf.unknown : []));
  const dependsOn = verdict.length > 1 ? [...new Set(unknown)] : [];
  return { verdict, leaves: leafFindings(rules, judgement), dependsOn };
}

/** It is not known what is there, only that it is something. */
function clearedLeaf(provider: Provider, path: readonly string[]): JudgedLeaf | undefined {
  const definition = fieldOf(provider, path[0] ?? '');
  if (!definition) return undefined;
  const { effect, sensitivity } = definition;
  const leaf = { path, effect, sensitivity, before: undefined, after: undefined };
  const before = [{ ...HIDDEN, mayBeEmpty: false }];
  return { leaf, texts: () => [{ before, after: [''], inside: () => [], hidesPaths: true }] };
}

/** Which entries of a list are there already is not known. */
function textsWithoutBefore(leaf: LeafChange): Texts[] {
  const hides = { hidesPaths: true as const };
  const { list, after, definition } = leaf;
  if (!list || !Array.isArray(after)) {
    return textsOf(leaf).map((texts) => ({ ...texts, before: [HIDDEN], inside: () => texts.inside(), ...hides }));
  }
  const { parts = {} } = definition;
  const all = textsIn(after, parts);
  const optional = { ...hides, optional: true as const };
  const added = after.map((entry): Texts => {
    return { before: [HIDDEN], after: textsIn(entry, parts), inside: () => pathsIn([entry]), ...optional };
  });
  const removed: Texts = {
    before: [HIDDEN],
    after: [anyOf(all, { mayBeEmpty: true })],
    inside: () => [],
    ...optional,
  };
  return [...added, removed];
}
