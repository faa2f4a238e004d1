import { OUTCOMES, type OutcomeName, type Verdict } from '../types.ts';
import { reasonText, unavailableSteps } from './approver-messages.ts';
import type { ApproverReason, Obstacle, PendingApproval } from './outcome.ts';

/** The sentences about a batch as a whole. */

/** What is said about a batch besides its outcome and its results. */
export interface BatchText {
  message: string;
  next?: string;
}

type CommandLine = (...words: string[]) => string;

type Counts = Partial<Record<OutcomeName, number>>;

interface BatchEnd {
  batchId: string;
  allOrNothing: boolean;
  putBack: number;
  /** The strictest decision of policy, if it is known. */
  verdict: Verdict['decision'] | undefined;
}

export function endedText(counts: Counts, { batchId, allOrNothing, putBack, verdict }: BatchEnd): BatchText {
  const parts = OUTCOMES.flatMap((name) => (counts[name] ? [`${counts[name]} ${name.replace('_', ' ')}`] : []));
  const total = OUTCOMES.reduce((sum, name) => sum + (counts[name] ?? 0), 0);
  const ended = `Of ${total} ${total === 1 ? 'change' : 'changes'}: ${parts.join(', ')}.`;
  const again = allOrNothing
    ? 'Correct what failed, then call again for all of it.'
    : 'Look at each result: call again only for what failed, and never for what a person refused.';
  if (counts.preview) {
    const message = `A preview; nothing was sent. ${ended}`;
    if (!allOrNothing || wouldBeWhole(counts, verdict)) return { message };
    return { message: `${message} ${NONE_WOULD_BE_MADE}`, next: again };
  }
  // In a conflict something may have been written.
  const isUntouched = !counts.updated && !counts.unverified && !counts.conflict;
  const rest = putBack > 0 ? ` ${putBack} of them were made and put back.` : isUntouched ? ' Nothing was changed.' : '';
  const message = `${ended}${rest}`;
  if (consistsOf(counts, ['updated', 'unchanged'])) return { message };
  const made = counts.updated
    ? ` list_changes with batch_id ${batchId} shows what was made; undo_change takes it back.`
    : '';
  return { message, next: `${again}${made}` };
}

/** Whether all of a batch would be made that was previewed with these counts. */
export function wouldBeWhole(counts: Counts, verdict: BatchEnd['verdict']): boolean {
  return verdict !== 'deny' && consistsOf(counts, ['preview', 'unchanged']);
}

function consistsOf(counts: Counts, outcomes: readonly OutcomeName[]): boolean {
  return OUTCOMES.every((name) => !counts[name] || outcomes.includes(name));
}

export const NONE_WOULD_BE_MADE = 'All or nothing: as they are, none of them would be made.';

export function allPutBackText(): BatchText {
  return { message: 'Every change of that batch was put back already. Nothing was changed.' };
}

/** What is said about the undo of a batch of which some changes cannot be put back. `tried`: how many can be. */
export function withNotUndone(text: BatchText, notUndone: number, tried: number): BatchText {
  if (notUndone === 0) return text;
  if (tried === 0)
    return { message: 'No change of that batch can be put back; each result says why. Nothing was changed.' };
  const many =
    notUndone === 1
      ? '1 more cannot be put back; its result says why'
      : `${notUndone} more cannot be put back; their results say why`;
  return { ...text, message: `${text.message} ${many}.` };
}

export function waitingText(
  reason: ApproverReason,
  { id, url, note }: PendingApproval,
  then: string,
  commandLine: CommandLine,
): BatchText {
  const page = url === undefined ? '' : `at ${url}, or `;
  return {
    message: `${note === undefined ? '' : `${note} `}This batch ${reasonText(reason)}. It waits for an approver; nothing was changed.`,
    next: `Ask a person to approve it ${page}with: ${commandLine('approve', id)}. ${then}`,
  };
}

export function unaskedText(reason: ApproverReason, obstacle: Obstacle, commandLine: CommandLine): BatchText {
  const { problem, next } = unavailableSteps(reason, obstacle, commandLine('approver', 'add', 'NAME'));
  return { message: `This batch ${reasonText(reason)}; ${problem}. Nothing was changed.`, next };
}

/** Why a change of the batch was not begun. */
export const NOT_STARTED = {
  time: 'The time of this call was over before this change was begun. It was not changed.',
  slowed_down: 'The service says to slow down for longer than this call may take. It was not changed.',
  cancelled: 'The call was stopped before this change was begun. It was not changed.',
  all_or_nothing: 'Not begun, because another change of this batch cannot be made. It was not changed.',
} as const;

/** Why changes of one user record are not made. `lines`: those of the file, if they come from one. */
export function sameRecordText(lines: readonly number[]): string {
  if (lines.length < 2) return 'Another change of this batch is of the same user record; neither was made.';
  return `The lines ${new Intl.ListFormat('en-GB').format(lines.map(String))} are of the same user record; none of them was made.`;
}

/** What became of a change that was to be undone because another one failed. */
export const UNDONE = {
  undone: 'Was made, then put back, because another change of this batch failed.',
  stays: (why: string) => `Was made, and could not be put back: ${why}`,
} as const;
