import type { BatchResult } from '../../update/batch/types.ts';
import { NONE_WOULD_BE_MADE, wouldBeWhole } from '../../update/results/batch-messages.ts';
import { OUTCOMES, type OutcomeName } from '../../update/types.ts';
import { ownCommandLine } from '../own-command.ts';
import type { LineResult } from './line-result.ts';
import { previewText, problemLine } from './plan-text.ts';

/** Outcomes after which a command that applies changes exits with 0. */
const GOOD: readonly OutcomeName[] = ['updated', 'unchanged', 'preview'];

export function isGood({ outcome }: Pick<LineResult, 'outcome'>): boolean {
  return GOOD.includes(outcome);
}

export function countsOfLines(lines: readonly Pick<LineResult, 'outcome'>[]): Partial<Record<OutcomeName, number>> {
  const counts: Partial<Record<OutcomeName, number>> = {};
  for (const { outcome } of lines) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return Object.fromEntries(OUTCOMES.flatMap((name) => (counts[name] ? [[name, counts[name]]] : [])));
}

export function resumeLine(id: string): string {
  return `To go on: ${ownCommandLine('apply', '--resume', id)}`;
}

interface EndFacts {
  /** What is left is stored. */
  isToResume: boolean;
  /** It was interrupted before the first write. */
  isStopped: boolean;
  isDry: boolean;
  allOrNothing: boolean;
}

/** How a batch ended, for people: everyone who was not changed and why, how many ended how, and what can be done now. */
export function endText(result: BatchResult, lines: readonly LineResult[], facts: EndFacts): string {
  if (facts.isStopped) return 'Stopped; nothing was changed.';
  const { batch_id: id, approval, message, next, verdict } = result;
  if (facts.isDry) {
    const isBlocked = facts.allOrNothing && !wouldBeWhole(countsOfLines(lines), verdict);
    return previewText(lines, isBlocked ? `${NONE_WOULD_BE_MADE} ` : '');
  }
  const problems = lines.filter((one) => !isGood(one) && one.outcome !== 'needs_approval');
  const counts = countsOfLines(lines);
  const counted = OUTCOMES.flatMap((name) => (counts[name] ? [`${counts[name]} ${name.replace('_', ' ')}`] : []));
  return [
    ...problems.map(problemLine),
    `Batch ${id}: ${counted.join(', ')}.`,
    ...(approval ? [message, ...(next === undefined ? [] : [next])] : []),
    ...(counts.updated ? [`To take back what was made: ${ownCommandLine('undo', id)}`] : []),
    ...(facts.isToResume && !approval ? [resumeLine(id)] : []),
  ].join('\n');
}
