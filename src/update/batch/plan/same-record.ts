import { AppError } from '../../../errors.ts';
import { keyOfRecord } from '../recorded.ts';
import type { BatchCall } from '../types.ts';
import type { BatchPlan } from './types.ts';

/**
 * Throws if two changes are of the same user record. Two spellings of one id look like two users until the vendor says
 * what it calls them.
 */
export function refuseSameRecord({ changes }: Pick<BatchCall, 'changes'>, { planned, ended }: BatchPlan): void {
  const records = [
    ...planned.map(({ index, view }) => [index, keyOfRecord(view)] as const),
    ...[...ended].map(([index, { user, ...where }]) => [index, keyOfRecord({ ...where, userId: user.id })] as const),
  ].sort(([one], [other]) => one - other);
  const first = new Map<string, number>();
  const faults = records.flatMap(([index, key]) => {
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, index);
    return earlier === undefined ? [] : [`${placeOf(index)}: the same user record as ${placeOf(earlier)}`];
  });
  if (faults.length > 0) throw new AppError('invalid_input', faults.join('\n'));

  function placeOf(index: number): string {
    const line = changes[index]?.line;
    return line === undefined ? `changes[${index}].user_id` : `line ${line}`;
  }
}
