import { AppError } from '../../../errors.ts';
import type { UserRef } from '../../../store/log/entry.ts';
import type { Ports } from '../../ports.ts';
import { sameRecordText } from '../../results/batch-messages.ts';
import type { Result } from '../../types.ts';
import { endPlanned } from '../end.ts';
import { keyOfRecord } from '../recorded.ts';
import type { BatchCall } from '../types.ts';
import type { BatchPlan, PlannedChange } from './types.ts';

interface Read {
  planned: readonly PlannedChange[];
  ended: Map<number, Result>;
}

/**
 * Ends the lines of a file that are of one user record; the others are made all the same.
 */
export async function endRepeated(
  { changes, endedBefore, dryRun }: BatchCall,
  { planned, ended }: Read,
  isRecorded: boolean,
  ports: Ports,
): Promise<PlannedChange[]> {
  if (!isFromFile(changes)) return [...planned];
  const indexes = new Map<string, number[]>();
  const note = (index: number, record: UserRef) => {
    const key = keyOfRecord(record);
    const same = indexes.get(key);
    if (same) same.push(index);
    else indexes.set(key, [index]);
  };
  for (const { index, view } of planned) note(index, view);
  for (const [index, result] of ended) {
    const isReadNow = !endedBefore?.has(index) && result.code !== 'not_started';
    if (isReadNow) note(index, { ...result, userId: result.user.id });
  }
  const byIndex = new Map(planned.map((one) => [one.index, one]));
  const repeated = new Map<number, readonly number[]>();
  for (const same of indexes.values()) if (same.length > 1) for (const index of same) repeated.set(index, same);
  const linesOf = (same: readonly number[]) => same.flatMap((index) => changes[index]?.line ?? []);
  for (const [index, same] of repeated) {
    const message = sameRecordText(linesOf(same).sort((one, other) => one - other));
    const one = byIndex.get(index);
    const result = ended.get(index);
    if (one && isRecorded && !dryRun) {
      const error = new AppError('invalid_input', message);
      ended.set(index, { kind: 'result', changes: [], ...(await endPlanned(one, { kind: 'failed', error }, ports)) });
    } else {
      const { provider, connection, user } = one ? { ...one.view, user: { id: one.view.userId } } : (result as Result); // it is one of the two
      ended.set(index, {
        kind: 'result',
        outcome: 'failed',
        code: 'invalid_input',
        provider,
        connection,
        user,
        changes: [],
        message,
      });
    }
  }
  return planned.filter(({ index }) => !repeated.has(index));
}

/**
 * Throws if two changes of a call are of the same user record. Two spellings of one id look like two users until the
 * vendor says what it calls them.
 */
export function refuseSameRecord({ changes }: Pick<BatchCall, 'changes'>, { planned, ended }: BatchPlan): void {
  if (isFromFile(changes)) return;
  const records = [
    ...planned.map(({ index, view }) => [index, keyOfRecord(view)] as const),
    ...[...ended].map(([index, { user, ...where }]) => [index, keyOfRecord({ ...where, userId: user.id })] as const),
  ].sort(([one], [other]) => one - other);
  const first = new Map<string, number>();
  const faults = records.flatMap(([index, key]) => {
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, index);
    const place = (at: number) => `changes[${at}].user_id`;
    return earlier === undefined ? [] : [`${place(index)}: the same user record as ${place(earlier)}`];
  });
  if (faults.length > 0) throw new AppError('invalid_input', faults.join('\n'));
}

function isFromFile(changes: BatchCall['changes']): boolean {
  return changes.some(({ line }) => line !== undefined);
}
