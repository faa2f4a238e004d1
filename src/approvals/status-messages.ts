import type { ListedChange } from '../store/log/entry.ts';
import type { Standing, Waiting } from './service.ts';

/** The status of a request, in words for page and terminal; nothing foreign is in them. */
export interface StandingWords {
  kind: 'good' | 'note' | 'bad';
  title: string;
  text: string;
}

/** Why a request cannot be decided any more, or who has agreed; undefined where it just waits. */
export function standingWords({ row, view }: Waiting, standing: Standing, now = Date.now()): StandingWords | undefined {
  const { agreed, needed } = standing;
  const left = needed - agreed.length;
  switch (row.state) {
    case 'used':
      return usedWords(toList(row.decisions.filter(({ yes }) => yes).map(({ approver }) => approver)), standing.change);
    case 'declined':
      return {
        kind: 'bad',
        title: `Declined by ${toList(row.decisions.filter(({ yes }) => !yes).map(({ approver }) => approver))}`,
        text: 'Nothing was changed. The agent is told when it calls again.',
      };
    case 'withdrawn':
      return {
        kind: 'note',
        title: 'Overtaken',
        text: 'This request does not count any more: the record or the request has changed, or its time was over. Nothing was changed by it. If the agent asked again, the newer request is in the list.',
      };
    case 'pending':
    case 'approved':
  }
  if (row.expiresAt <= now) {
    return {
      kind: 'note',
      title: 'Too late',
      text: 'The time for this request is over. Nothing was changed. The agent can ask again.',
    };
  }
  if (left <= 0) {
    const secret = view.askFor.length > 0 ? ' The new value that was typed is kept sealed until then.' : '';
    return {
      kind: 'good',
      title: `Approved by ${toList(agreed)}, not used yet`,
      text: `Nothing has been changed yet. The agent has to call again with the same arguments; tell it to go on. Before it writes, the record is read once more: should it have changed meanwhile, you are asked again.${secret}`,
    };
  }
  if (agreed.length === 0) return undefined;
  return {
    kind: 'note',
    title: `Approved by ${toList(agreed)}; ${left} more has to agree`,
    text: 'Nothing has been changed yet. Another approver has to agree before the agent can go on.',
  };
}

/** What became of the change an approval was used for, by what the change log says of it and nothing else. */
function usedWords(by: string, change: ListedChange | undefined): StandingWords {
  const approved = `Approved by ${by}`;
  if (!change) {
    const text = 'It was used and cannot be used again. The change log here does not say what became of the change.';
    return { kind: 'note', title: `${approved}, and used`, text };
  }
  const code = typeof change.body.code === 'string' ? ` (${change.body.code})` : '';
  const named = `Change ${change.changeId}`;
  if (change.open) {
    const text = `${named} has begun and has no outcome yet: it is being written, or it was interrupted and will be looked into.`;
    return { kind: 'note', title: `${approved}; the change is under way`, text };
  }
  const outcome = { title: `${approved}; the change ended: ${change.outcome}${code}` };
  switch (change.outcome) {
    case 'updated':
      return {
        kind: 'good',
        title: `${approved}, and carried out`,
        text: `${named}: updated, and seen in the record read back where the service shows it.`,
      };
    case 'failed':
      return { kind: 'bad', ...outcome, text: `${named} failed. Nothing was changed.` };
    case 'conflict':
      return { kind: 'bad', ...outcome, text: `${named}: someone else changed the record at the same time.` };
    case 'unverified':
      return { kind: 'note', ...outcome, text: `${named}: whether it was written is not known. Look at the record.` };
    default:
      return { kind: 'note', ...outcome, text: `${named}: ${change.outcome}.` };
  }
}

/** `a, b and c`. */
export function toList(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
