import type { EntryBody } from '../../../store/log/entry.ts';
import type { Call } from '../../context.ts';
import type { PeopleCounts } from '../../policy/people/counts.ts';
import type { Rule } from '../../policy/rules.ts';
import type { PlanView } from '../../redact/types.ts';
import type { Result, Verdict } from '../../types.ts';

/** A change that needs the consent to its batch. The user record is not kept: a batch may have ten thousand. */
export interface PlannedChange {
  index: number;
  line?: number;
  /** With the user id in the vendor's spelling. */
  call: Call;
  digest: string;
  changeKey: string;
  verdict: Verdict;
  view: PlanView<'person'>;
  emails: readonly string[];
  contested: readonly string[];
  /** The attempt as the audit log describes it, if it ends here. */
  entry: EntryBody;
  /** The rules with `people` under which the user record counts. */
  under: readonly Rule[];
}

/** All changes after reading their user records. */
export interface BatchPlan {
  planned: readonly PlannedChange[];
  /** Those that ended without needing consent, by index. */
  ended: ReadonlyMap<number, Result>;
  /** What `people` in rules counted. */
  people: PeopleCounts;
}
