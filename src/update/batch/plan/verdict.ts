import { isStricter } from '../../confirm/strictness.ts';
import type { Verdict } from '../../types.ts';
import type { PlannedChange } from './types.ts';

/** The strictest verdict of all counts for all. */
export function strictestVerdict(planned: readonly Pick<PlannedChange, 'verdict'>[]): Omit<Verdict, 'stripped'> {
  const none: Omit<Verdict, 'stripped'> = { decision: 'allow', rule: 'nothing to decide' };
  return planned.reduce((most, { verdict }, at) => {
    return at === 0 || isStricter(verdict.decision, most.decision) ? verdict : most;
  }, none);
}
