import type { UserRef } from '../../../store/log/entry.ts';
import { matchesPeople } from '../../policy/people/comparison.ts';
import { type PeopleCounts, readPeopleWindows } from '../../policy/people/counts.ts';
import type { Rule } from '../../policy/rules.ts';
import type { Ports } from '../../ports.ts';
import type { OutcomeName } from '../../types.ts';
import type { BatchCall, BatchChange } from '../types.ts';
import type { BatchPlan, PlannedChange } from './types.ts';

/** What `people` in a rule counts for a batch: its user records that change, however many it names. */
export interface BatchCounts {
  /** With every user record that the batch names. */
  all: PeopleCounts;
  /** Whether the conditions hold alike, however many of the records change. */
  isDecided: boolean;
  /** With the records that change, as a first plan found out. */
  of(plan: Pick<BatchPlan, 'planned' | 'ended'>): PeopleCounts;
}

export async function readBatchCounts(
  { caller, changes, isResumed, undoes }: BatchCall,
  ports: Ports,
): Promise<BatchCounts> {
  const windows = await readPeopleWindows(ports, caller);
  const all = windows.countsWith(changes.map(refOf));
  const none = windows.countsWith([]);
  return {
    all,
    // What is resumed or undone counts as a whole.
    isDecided:
      isResumed === true ||
      undoes !== undefined ||
      ports.policy.rules.every((rule) => isAlike(rule, none.of(rule), all.of(rule))),
    of: ({ planned, ended }) => {
      const others = changes.filter((_, index) => CHANGING.has(ended.get(index)?.outcome));
      return windows.countsWith([...planned.map(refOfPlanned), ...others.map(refOf)]);
    },
  };
}

/** How a change ends without consent that is not made but would change the record. */
const CHANGING: ReadonlySet<OutcomeName | undefined> = new Set<OutcomeName>(['denied', 'preview']);

/** The user records that count under each rule when the plan is carried out. */
export function recordsUnder(planned: readonly PlannedChange[]): Map<Rule, UserRef[]> {
  const records = new Map<Rule, UserRef[]>();
  for (const one of planned) {
    for (const rule of one.under) {
      const known = records.get(rule);
      if (known) known.push(refOfPlanned(one));
      else records.set(rule, [refOfPlanned(one)]);
    }
  }
  return records;
}

function isAlike({ people }: Rule, fewest: number, most: number): boolean {
  if (people === undefined) return true;
  for (let count = fewest; count < most; count++) {
    if (matchesPeople(people, count) !== matchesPeople(people, most)) return false;
  }
  return true;
}

function refOf({ connection, request }: BatchChange): UserRef {
  return { provider: connection.provider.id, connection: connection.name, userId: request.userId };
}

function refOfPlanned({ call }: PlannedChange): UserRef {
  return refOf(call);
}
