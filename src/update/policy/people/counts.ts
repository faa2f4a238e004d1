import { canonicalJson } from '../../../lib/json/json.ts';
import type { UserRef } from '../../../store/log/entry.ts';
import type { Store } from '../../../store/store.ts';
import type { PeopleNote, PeopleWindow } from '../../../store/windows.ts';
import type { Rule } from '../rules.ts';
import { decisiveCount, matchesPeople } from './comparison.ts';

/**
 * What `people` in a rule counts: the user records of a call, and those that its caller changed under the rule in the
 * hour before. A user record is changed under a rule if a leaf of the change that is written reaches the rule and
 * matches its other conditions, whether `people` holds or not: otherwise `>10` could never be exceeded.
 */
export interface PeopleCounts {
  /** How many user records count. Exact as far as the comparisons of the rule can tell; 0 for a rule without `people`. */
  of(rule: Rule): number;
  /** Notes for the store. With them a change opens only if the conditions still hold or fail as they were judged. */
  notes(under: ReadonlyMap<Rule, readonly UserRef[]>): PeopleNote[];
}

/** The windows of one caller, as they were read once. */
export interface PeopleWindows {
  /** The counts for a call that changes these user records. */
  countsWith(records: readonly UserRef[]): PeopleCounts;
}

interface PeoplePorts {
  policy: { rules: readonly Rule[] };
  store: Pick<Store, 'readPeople'>;
  seal: { hmac(purpose: string, text: string): string };
}

/** Reads the windows of a caller. Without a rule that has `people` the store is not asked. */
export async function readPeopleWindows(
  { policy, store, seal }: PeoplePorts,
  { principal }: { principal: string },
): Promise<PeopleWindows> {
  const rules = policy.rules.filter(({ people }) => people !== undefined);
  const windows = new Map(rules.map((rule) => [rule, windowOf(rule, principal, seal)]));
  const found = windows.size === 0 ? [] : await store.readPeople([...windows.values()]);
  const recent = new Map(rules.map((rule, at) => [rule, found[at] ?? []]));
  return { countsWith: (records) => createCounts(windows, recent, createKeys(records, seal)) };
}

/** Notes the user records of a batch, each under its rules. False if a condition changed meanwhile: judge again. */
export async function notePeople(
  { store }: { store: Pick<Store, 'notePeople'> },
  counts: PeopleCounts,
  under: ReadonlyMap<Rule, readonly UserRef[]>,
): Promise<boolean> {
  const notes = counts.notes(under);
  return notes.length === 0 || (await store.notePeople(notes));
}

interface Keys {
  /** Those of all user records of the call. */
  all(): ReadonlySet<string>;
  of(record: UserRef): string;
}

function createCounts(
  windows: ReadonlyMap<Rule, PeopleWindow>,
  recent: ReadonlyMap<Rule, readonly string[]>,
  keys: Keys,
): PeopleCounts {
  const known = new Map<Rule, number>();
  const countWith = (noted: readonly string[]) => {
    return keys.all().size + noted.filter((key) => !keys.all().has(key)).length;
  };
  const of = (rule: Rule): number => {
    if (!windows.has(rule)) return 0;
    const count = known.get(rule) ?? countWith(recent.get(rule) ?? []);
    known.set(rule, count);
    return count;
  };
  const noteOf = (rule: Rule, records: readonly UserRef[]): PeopleNote[] => {
    const window = windows.get(rule);
    const { people } = rule;
    if (!window || people === undefined || records.length === 0) return [];
    const wasMet = matchesPeople(people, of(rule));
    // More of them would not tell the comparisons anything.
    const values = firstOf(new Set(records.map(keys.of)), window.limit);
    return [{ ...window, values, fits: (noted) => matchesPeople(people, countWith(noted)) === wasMet }];
  };
  return { of, notes: (under) => [...under].flatMap(([rule, records]) => noteOf(rule, records)) };
}

function firstOf(values: Iterable<string>, limit: number): string[] {
  return [...values].slice(0, limit);
}

/** A window belongs to what a rule says, not to its place: rules move, and get other names. */
function windowOf({ name: _, note: __, ...said }: Rule, principal: string, seal: PeoplePorts['seal']): PeopleWindow {
  const key = seal.hmac('people window', canonicalJson([principal, said]));
  return { key, limit: decisiveCount(said.people ?? []) };
}

function createKeys(records: readonly UserRef[], seal: PeoplePorts['seal']): Keys {
  let all: ReadonlySet<string> | undefined;
  const of = ({ provider, connection, userId }: UserRef): string =>
    seal.hmac('people', canonicalJson([provider, connection, userId]));
  return {
    of,
    all: () => {
      all ??= new Set(records.map(of));
      return all;
    },
  };
}
