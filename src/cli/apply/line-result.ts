import type { BatchChange, MemberResult } from '../../update/batch/types.ts';
import type { FilePerson } from './people.ts';

/** How one person of a batch ended. What `--json` prints of it is fixed. */
export interface LineResult extends Pick<MemberResult, 'outcome' | 'code' | 'change_id' | 'changes'> {
  /** The physical line of the file. */
  line?: number;
  /** Null for someone who was not found. */
  user_id: string | null;
  label?: string;
  message?: string;
}

/** One line of `--json`. */
export function toJsonLine({ line, user_id, outcome, code, change_id }: LineResult): string {
  return JSON.stringify({ line, user_id, outcome, code, change_id });
}

/** A change of the batch. */
export function memberLine(change: BatchChange | undefined, result: MemberResult): LineResult {
  const { outcome, user, code, change_id, message, changes } = result;
  return {
    ...(change?.line !== undefined && { line: change.line }),
    user_id: user.id,
    outcome,
    message,
    ...(user.label !== undefined && { label: user.label }),
    ...(code && { code }),
    ...(change_id !== undefined && { change_id }),
    ...(changes && { changes }),
  };
}

/** A line of the file that ended before anything was read. */
export function personLine({ line, userId, ended }: FilePerson): LineResult {
  if (!ended) throw new Error('the line has not ended');
  return { line, user_id: userId ?? null, ...ended };
}
