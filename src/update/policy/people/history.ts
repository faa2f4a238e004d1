import type { Fit } from '../hidden-text.ts';
import type { Rule } from '../rules.ts';
import { decisiveCount, matchesPeople } from './comparison.ts';

/** The user records of one recorded call, or of its batch. */
export interface CountedCall {
  caller: string;
  /** Ms since the epoch. */
  at: number;
  /** Keys of the user records. */
  records: ReadonlySet<string>;
  /** How many more there may be, of a batch that the audit log does not hold completely. */
  others: number;
}

/** What `people` in rules counted, as far as the audit log tells. Calls have to come in the order of their time. */
export interface PeopleHistory {
  /** How many user records count; undefined if it cannot be told and the rule depends on it. */
  count(rule: Rule, call: CountedCall): number | undefined;
  /** Notes a user record that was changed under rules, or perhaps under some of them. */
  note(call: CountedCall, record: string, under: ReadonlyMap<Rule, Fit>): void;
}

/** The user records of the last hour, the newest last, each with the time of its last change that counts, and of its last that may. */
type Recent = Map<string, { certain: number; possible: number }>;

/** `windowMs`: for how long a user record counts. */
export function createPeopleHistory(windowMs: number): PeopleHistory {
  const windows = new Map<Rule, Map<string, Recent>>();

  function recentOf(rule: Rule, { caller, at }: CountedCall): Recent {
    const byCaller = windows.get(rule) ?? new Map<string, Recent>();
    windows.set(rule, byCaller);
    const recent: Recent = byCaller.get(caller) ?? new Map();
    byCaller.set(caller, recent);
    for (const [record, { possible }] of recent) {
      if (possible > at - windowMs) break;
      recent.delete(record);
    }
    return recent;
  }

  return {
    count(rule, call) {
      const { people } = rule;
      if (people === undefined) return 0;
      const others = [...recentOf(rule, call)].filter(([record]) => !call.records.has(record));
      const certain = others.filter(([, one]) => one.certain > call.at - windowMs);
      const least = call.records.size + certain.length;
      const most = Math.min(call.records.size + others.length + call.others, decisiveCount(people));
      const isMet = matchesPeople(people, least);
      for (let count = least + 1; count <= most; count++) {
        if (matchesPeople(people, count) !== isMet) return undefined;
      }
      return least;
    },
    note(call, record, under) {
      for (const [rule, fit] of under) {
        const recent = recentOf(rule, call);
        const before = recent.get(record)?.certain ?? Number.NEGATIVE_INFINITY;
        recent.delete(record);
        recent.set(record, { certain: fit === 'yes' ? call.at : before, possible: call.at });
      }
    },
  };
}
