import { OUTCOMES } from '../update/types.ts';
import type { Notice } from './notice.ts';

/** What is said about a batch as a whole. */

export function batchFacts({ people = 0, counts }: Notice['data'], title: string): [name: string, value: string][] {
  const ended = OUTCOMES.flatMap((name) => (counts?.[name] ? [`${counts[name]} ${name.replace('_', ' ')}`] : []));
  return [
    ['User records', `${people} at ${title}`],
    ...(counts ? [['Outcomes', ended.join(', ') || '(none)'] as [string, string]] : []),
  ];
}

/** What happened, and what to do. */
export function batchWords(type: Notice['type'], data: Notice['data']): readonly [what: string, next: string] {
  switch (type) {
    case 'approval.requested':
      return [
        'A batch waits for approval',
        'An approver decides on the approval page, or in a terminal with "approve".',
      ];
    case 'approval.decided':
      return decided(data);
    case 'approval.expired':
      return ['A request for approval of a batch expired', 'Nothing was changed. It can be asked for again.'];
    default:
      return finished(data);
  }
}

function decided({ outcome }: Notice['data']): readonly [string, string] {
  switch (outcome) {
    case 'approved':
      return [
        'An approver agreed to a batch',
        'Nothing has been changed yet: once as many as needed have agreed, the caller has to go on with it.',
      ];
    case 'taken_back':
      return ['An approver took a yes to a batch back', 'The request waits for a decision again.'];
    default:
      return ['An approver declined a batch', 'Nothing was changed. Nothing to do.'];
  }
}

function finished(data: Notice['data']): readonly [string, string] {
  const { counts = {} } = data;
  const what = howFinished(data);
  const isDone = OUTCOMES.every((name) => !counts[name] || name === 'updated' || name === 'unchanged');
  if (counts.unverified || counts.conflict) return [what, 'Compare the user records with "changes list --batch".'];
  if (!counts.updated) return [what, 'Nothing was changed. "changes list --batch" shows why.'];
  if (!isDone)
    return [what, '"changes list --batch" shows which were not changed, and why. "undo" takes the others back.'];
  return [what, 'Nothing to do. "changes list --batch" shows what, and "undo" takes it back.'];
}

function howFinished({ resumed, interrupted }: Notice['data']): string {
  if (interrupted) return 'A batch was interrupted; it can be resumed';
  return resumed ? 'A batch finished after it was resumed; its end may have been told of before' : 'A batch finished';
}
