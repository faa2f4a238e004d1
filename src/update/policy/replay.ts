import { isCutText, isCutValue } from '../../audit/cut.ts';
import { MAX_KEYS } from '../../audit/email-key.ts';
import { parsePath } from '../../lib/json/field-path.ts';
import { canonicalJson } from '../../lib/json/json.ts';
import type { Entry, EntryBody } from '../../store/log/entry.ts';
import type { Connection, Verdict } from '../types.ts';
import type { Fit } from './hidden-text.ts';
import { type Judgement, judge, rulesUnder } from './judge.ts';
import { hiddenLeaf, recordedLeaf } from './recorded-leaf.ts';
import { findingsOf, type PolicyFinding } from './report.ts';
import type { Rule } from './rules.ts';
import { sideEffectLeaves } from './side-effect-leaves.ts';

/**
 * How a recorded change would fare under other rules. `other`: none of the possible verdicts is the recorded one.
 * `unknown`: it depends on something that the audit log does not hold.
 */
export interface Replayed {
  kind: 'same' | 'other' | 'unknown';
  old: { decision: Verdict['decision']; rule: string };
  /** One finding unless it cannot be told. */
  possible: readonly PolicyFinding[];
  /** The conditions of rules that ask for what is not known. */
  dependsOn: readonly string[];
}

/** What is known beside the entries. */
export interface ReplayOptions {
  /** The keyed hashes under which the entries of a person with this e-mail address are found. */
  keysOf?(address: string): readonly string[];
  /** How many user records count for `people` in a rule; undefined if it cannot be told. */
  people?(rule: Rule): number | undefined;
}

/**
 * Judges a recorded change by other rules. Undefined if it ended before policy was asked. `connection`: undefined for a
 * provider that is not known here.
 */
export function replay(
  rules: readonly Rule[],
  connection: Connection | undefined,
  entry: Entry,
  options: ReplayOptions = {},
): Replayed | undefined {
  const old = recordedVerdict(entry);
  if (!old) return undefined;
  if (!connection) return { kind: 'unknown', old, possible: [], dependsOn: ['provider'] };
  if (isCutText(entry.body.caller)) return { kind: 'unknown', old, possible: [], dependsOn: ['caller'] };
  const judgement = judgeEntry(rules, connection, entry, options);
  if (!judgement) return { kind: 'unknown', old, possible: [], dependsOn: ['field'] };
  const possible = findingsOf(rules, judgement);
  const decisions = new Set(possible.map(({ decision }) => decision));
  const dependsOn = new Set(judgement.leaves.flatMap(({ rulings, unknown }) => (rulings.length > 1 ? unknown : [])));
  const isKnown = decisions.size === 1;
  if (isKnown && decisions.has(old.decision)) return { kind: 'same', old, possible, dependsOn: [] };
  const kind = decisions.has(old.decision) ? 'unknown' : 'other';
  return { kind, old, possible, dependsOn: isKnown ? [] : [...dependsOn] };
}

/** The rules with `people` under which a recorded change counts: without what was stripped from it. */
export function recordedUnder(
  rules: readonly Rule[],
  connection: Connection,
  entry: Entry,
  options: ReplayOptions,
): ReadonlyMap<Rule, Fit> {
  const { caller, fields, stripped = [] } = entry.body;
  const judgement = isCutText(caller) ? undefined : judgeEntry(rules, connection, entry, options);
  const isWritten = (_: unknown, at: number) => at < fields.length || at >= fields.length + stripped.length;
  if (judgement) return rulesUnder({ leaves: judgement.leaves.filter(isWritten) });
  return new Map(rules.flatMap((rule) => (rule.people === undefined ? [] : [[rule, 'unknown']])));
}

/** A call of which every change was stripped ended denied. */
function recordedVerdict({ body }: Entry): Replayed['old'] | undefined {
  const { verdict, rule = '', fields, stripped = [] } = body;
  if (verdict === undefined || fields.length + stripped.length === 0) return undefined;
  return { decision: fields.length === 0 ? 'deny' : (verdict as Verdict['decision']), rule };
}

/** Undefined if one of the fields is not known: this version does not have it, or its name was cut. */
function judgeEntry(
  rules: readonly Rule[],
  connection: Connection,
  entry: Entry,
  options: ReplayOptions,
): Judgement | undefined {
  const { people = () => undefined } = options;
  const { userId, body } = entry;
  const { provider } = connection;
  const leaves = [
    ...body.fields.map((field) => recordedLeaf(provider, field)),
    ...(body.stripped ?? []).map((field) => hiddenLeaf(provider, field)),
  ];
  if (leaves.some((leaf) => leaf === undefined)) return undefined;
  const names = [...body.fields.map(({ field }) => field), ...(body.stripped ?? [])];
  const sent = new Set(names.map((name) => parsePath(name)?.[0] ?? name));
  const sideEffects = sideEffectLeaves(provider, sent).flatMap(({ optional, name, ...leaf }) => {
    if (!Array.isArray(body.sideEffects)) return [{ ...leaf, optional }];
    return body.sideEffects.includes(name) ? [leaf] : [];
  });
  const hasEmail = (address: string) => hasEmailIn(body, address, options);
  const subject = {
    connection,
    caller: { principal: body.caller },
    userId,
    emails: undefined,
    hasEmail,
    people,
  };
  return judge(rules, subject, [...leaves.filter((leaf) => leaf !== undefined), ...sideEffects]);
}

/** An entry has the keys of the addresses before the change and after it; policy saw those before. */
function hasEmailIn({ emailKeys, fields }: EntryBody, address: string, { keysOf }: ReplayOptions): Fit {
  if (!emailKeys || !keysOf) return 'unknown';
  if (!keysOf(address).some((key) => emailKeys.includes(key))) return emailKeys.length < MAX_KEYS ? 'no' : 'unknown';
  const values = fields.flatMap(({ before, after }) => [before, after]);
  const mayBeNew = values.some((value) => isCutValue(value) || canonicalJson(value).includes('@'));
  return mayBeNew ? 'unknown' : 'yes';
}
