import { quote } from '../lib/text/quote.ts';
import type { ListedChange } from '../store/log/entry.ts';
import type { DecisionResult } from './approval.ts';
import type { ApprovalStatus, Eligibility, Review } from './status.ts';

const OWN_REQUEST =
  'It was requested under your own name, or under one registered as yours. Another approver has to decide; you can only decline.';

/** All sentences about the status of a request, for page and terminal. No text from outside is in them. */
export interface StatusMessage {
  tone: 'good' | 'note' | 'bad';
  title: string;
  text: string;
}

/** Who uses an approval: the agent with another call, or a server, for what an approver asked for. */
const USERS: Readonly<Record<Review['user'], Readonly<Record<'waits' | 'next' | 'declined' | 'expired', string>>>> = {
  agent: {
    waits: 'Another approver has to agree before the agent can go on.',
    next: 'The agent has to call again with the same arguments; tell it to go on.',
    declined: ' The agent is told when it calls again.',
    expired: 'The agent can ask again.',
  },
  server: {
    waits: 'Another approver has to agree before a server carries it out.',
    next: 'A server that has this connection carries it out, within minutes; nobody has to do anything.',
    declined: '',
    expired: 'It can be asked for again in the history.',
  },
};

/** Undefined for a request that waits for its first decision. `user`: who uses the approval. */
export function statusMessage(status: ApprovalStatus, user: Review['user'] = 'agent'): StatusMessage | undefined {
  const says = USERS[user];
  switch (status.kind) {
    case 'pending':
      if (status.agreed.length === 0) return undefined;
      return {
        tone: 'note',
        title: `Approved by ${toNames(status.agreed)}; ${status.missing} more ${status.missing === 1 ? 'has' : 'have'} to agree`,
        text: `Nothing has been changed yet. ${says.waits}`,
      };
    case 'approved': {
      const secrets = status.hasSecrets ? ' The new value that was typed stays sealed until then.' : '';
      return {
        tone: 'good',
        title: `Approved by ${toNames(status.agreed)}, not used yet`,
        text: `Nothing has been changed yet. ${says.next} The user record is read again before it is changed: if it is not as shown here, you are asked again.${secrets}`,
      };
    }
    case 'declined':
      return {
        tone: 'bad',
        title: `Declined by ${toNames(status.by)}`,
        text: `Nothing was changed.${says.declined}`,
      };
    case 'withdrawn':
      return {
        tone: 'note',
        title: 'Withdrawn',
        text: 'This request no longer counts: the user record or the request has changed, or it expired. It changed nothing. If it was asked for again, the newer request is in the list.',
      };
    case 'expired':
      return {
        tone: 'note',
        title: 'Expired',
        text: `The time for this request is over. Nothing was changed. ${says.expired}`,
      };
    case 'used':
      return usedMessage(`Approved by ${toNames(status.by)}`, status.change);
  }
}

/** What the status means for this approver; undefined if the status alone is clear. */
export function eligibilityMessage(eligibility: Eligibility): string | undefined {
  switch (eligibility.kind) {
    case 'eligible':
    case 'closed':
    case 'hidden':
      return undefined;
    case 'sign-in-again':
      return 'This changes more than ordinary fields, and a decision on that needs a sign-in of the last 15 minutes.';
    case 'no-right':
      return `You have no right to decide on ${toList(eligibility.effects)} changes at ${eligibility.provider}. Another approver has to decide.`;
    case 'own':
      return OWN_REQUEST;
    case 'agreed':
      return 'Your yes is recorded.';
    case 'agreed-as':
      return `Your name and ${quote(eligibility.name)} look alike or are registered as one person, so that yes counts for both of you.`;
  }
}

/** Why a decision was not recorded. */
export function refusalMessage(kind: Exclude<DecisionResult['kind'], 'decided' | 'invalid'>): string {
  switch (kind) {
    case 'gone':
      return 'This request can no longer be decided: it was decided, withdrawn, or has expired.';
    case 'repeated':
      return 'You have approved it already; another approver has to agree.';
    case 'own':
      return OWN_REQUEST;
    case 'no-right':
      return 'You have no right to decide on this change. Nothing was recorded; another approver has to decide.';
    case 'removed':
      return 'You are no longer registered as an approver. Nothing was recorded.';
  }
}

/** The outcome of the change that used an approval, according to the audit log alone. */
function usedMessage(approved: string, change: ListedChange | undefined): StatusMessage {
  if (!change) {
    const text = 'It was used and cannot be used again. The audit log does not say what became of the change.';
    return { tone: 'note', title: `${approved}, and used`, text };
  }
  const code = typeof change.body.code === 'string' ? ` (${change.body.code})` : '';
  const named = `Change ${change.changeId}`;
  if (change.open) {
    const text = `${named} has begun and has no outcome yet: it is being written, or it was interrupted and will be recovered.`;
    return { tone: 'note', title: `${approved}; the change is under way`, text };
  }
  const title = `${approved}; the change ended: ${change.outcome}${code}`;
  switch (change.outcome) {
    case 'updated':
      return {
        tone: 'good',
        title: `${approved}, and carried out`,
        text: `${named}: updated, and seen when the user record was read back, where the service shows it.`,
      };
    case 'failed':
      return { tone: 'bad', title, text: `${named} failed. Nothing was changed.` };
    case 'conflict':
      return { tone: 'bad', title, text: `${named}: someone else changed the user record at the same time.` };
    case 'unverified':
      return { tone: 'note', title, text: `${named}: it is not known whether it was written. Check the user record.` };
    default:
      return { tone: 'note', title, text: `${named}: ${change.outcome}.` };
  }
}

/** Names of approvers. One that an issuer gave may look like several, or like words of ours, unless it is quoted. */
export function toNames(names: readonly string[]): string {
  return toList(names.map(toName));
}

/** The name of an approver; quoted unless it is one word. */
export function toName(name: string): string {
  return /^[\w.@-]+$/.test(name) ? name : quote(name);
}

/** `a, b and c`. */
export function toList(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
