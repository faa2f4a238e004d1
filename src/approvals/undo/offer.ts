import type { ListedChange } from '../../store/log/entry.ts';
import { SECRET } from '../../update/redact/mask.ts';
import type { Connection } from '../../update/types.ts';
import { mayHaveChanged } from '../../update/undo/request.ts';

/** Whether an approver can ask for the undo of a change, and what to know before. */
export type UndoOffer =
  /** It changed nothing. */
  { kind: 'none' } | { kind: 'unavailable'; why: string } | { kind: 'available'; notes: readonly string[] };

export interface OfferFacts {
  change: ListedChange;
  /** Whether the values before the change are kept. */
  isKept: boolean;
  /** How many other people could agree, and how many have to. Infinite if an issuer decides who is an approver. */
  others: number;
  needed: number;
  connections: readonly Connection[];
  commandLine(...words: string[]): string;
}

export function undoOffer({ change, isKept, others, needed, connections, commandLine }: OfferFacts): UndoOffer {
  const { body, open } = change;
  if (!open && !mayHaveChanged(change)) return { kind: 'none' };
  const unavailable = (why: string): UndoOffer => ({ kind: 'unavailable', why });
  if (open) return unavailable('This change has not ended yet.');
  const secrets = body.fields.filter(({ after }) => after === SECRET);
  if (secrets.length > 0 && secrets.length === body.fields.length)
    return unavailable('A secret cannot be put back: its old value is not kept anywhere.');
  if (!isKept) return unavailable('The values before this change are no longer kept, so it cannot be undone.');
  if (!connections.some(({ name, provider }) => name === change.connection && provider.id === change.provider))
    return unavailable('This server does not have the connection of this change; ask at one that has.');
  if (others < needed) {
    const who = needed === 1 ? 'a different approver' : `${needed} other approvers`;
    const there = others === 0 ? 'there is none' : `there are only ${others}`;
    const register = commandLine('approver', 'add', 'NAME');
    const command = commandLine('undo', change.changeId);
    return unavailable(
      `What you ask for here needs the yes of ${who} with the rights to it, and ${there}. An operator can register one (${register}) or undo it at the command line (${command}).`,
    );
  }
  return {
    kind: 'available',
    notes: secrets.length > 0 ? ['A secret stays as it is: its old value is not kept anywhere.'] : [],
  };
}
