import type { Ports } from '../../ports.ts';
import { endPlanned, labelOf, toMember } from '../end.ts';
import type { BatchPlan, PlannedChange } from '../plan/types.ts';
import { notStarted } from '../stop.ts';
import type { BatchCall, Consent, MemberResult } from '../types.ts';

/**
 * What becomes of an all-or-nothing batch of which a change cannot be made: nothing is written. Undefined if all of it can
 * be. `digests`: what was agreed to, if it was.
 */
export async function endIfBlocked(
  { allOrNothing }: Pick<BatchCall, 'allOrNothing'>,
  { planned, ended }: BatchPlan,
  ports: Ports,
  digests?: Consent['digests'],
): Promise<Map<number, MemberResult> | undefined> {
  if (!allOrNothing) return undefined;
  const isMoved = ({ index, digest }: PlannedChange) => digests !== undefined && digests[index] !== digest;
  const isBlocked =
    [...ended.values()].some(({ outcome }) => outcome !== 'unchanged' && outcome !== 'updated') ||
    planned.some(isMoved);
  if (!isBlocked) return undefined;
  const results = new Map([...ended].map(([index, result]) => [index, toMember(result)] as const));
  for (const one of planned) results.set(one.index, await endOne(one));
  return results;

  async function endOne(one: PlannedChange): Promise<MemberResult> {
    if (isMoved(one)) return await endPlanned(one, { kind: 'moved_since_question' }, ports);
    return notStarted(one.call, 'all_or_nothing', labelOf(one));
  }
}
