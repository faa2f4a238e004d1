import { quote } from '../../lib/text/quote.ts';
import type { ListedChange } from '../../store/log/entry.ts';
import { OUTCOMES } from '../../update/types.ts';
import type { DecisionResult } from '../approval.ts';
import type { ApprovalStatus, ApprovalUser, Eligibility, UsedFor } from './status.ts';

const OWN_REQUEST =
  'It was requested under your own name, or under one registered as yours. Another approver has to decide; you can only decline.';

/** All sentences about the status of a request, for page and terminal. No text from outside is in them. */
export interface StatusMessage {
  tone: 'good' | 'note' | 'bad';
  title: string;
  text: string;
}

/** What is said to whom, by who uses the approval. */
const USERS: Readonly<Record<ApprovalUser, Readonly<Record<'waits' | 'next' | 'declined' | 'expired', string>>>> = {
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
  command: {
    waits: 'Another approver has to agree before it can go on.',
    next: 'The command "apply --resume" with the id of the batch carries it out.',
    declined: ' The command that resumes the batch says so.',
    expired: 'It can be asked for again.',
  },
};

/** Undefined for a request that waits for its first decision. `user`: who uses the approval; `isBatch`: it is for a batch. */
export function statusMessage(
  status: ApprovalStatus,
  { user = 'agent', isBatch = false }: { user?: ApprovalUser; isBatch?: boolean } = {},
): StatusMessage | undefined {
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
      const read = isBatch
        ? 'Every user record is read again before it is changed: one that is not as shown here is left as it is.'
        : 'The user record is read again before it is changed: if it is not as shown here, you are asked again.';
      return {
        tone: 'good',
        title: `Approved by ${toNames(status.agreed)}, not used yet`,
        text: `Nothing has been changed yet. ${says.next} ${read}${secrets}`,
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
        text: `This request no longer counts: ${isBatch ? 'user records' : 'the user record'} or the request changed, or it expired. It changed nothing. If it was asked for again, the newer request is in the list.`,
      };
    case 'expired':
      return {
        tone: 'note',
        title: 'Expired',
        text: `The time for this request is over. Nothing was changed. ${says.expired}`,
      };
    case 'used':
      return usedMessage(`Approved by ${toNames(status.by)}`, status.what, isBatch);
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
      return `You have no right to decide on ${toList(eligibility.missing.map(toMissing))}. Another approver has to decide.`;
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

function toMissing({ provider, effects }: { provider: string; effects: readonly string[] }): string {
  return `${toList(effects)} changes at ${provider}`;
}

/** The outcome of what used an approval, according to the audit log alone. */
function usedMessage(approved: string, what: UsedFor | undefined, isBatch: boolean): StatusMessage {
  if (!what) {
    const text = `It was used and cannot be used again. The audit log does not say what became of the ${isBatch ? 'changes' : 'change'}.`;
    return { tone: 'note', title: `${approved}, and used`, text };
  }
  return what.kind === 'batch' ? batchMessage(approved, what) : changeMessage(approved, what.change);
}

function batchMessage(approved: string, { batchId, counts }: Extract<UsedFor, { kind: 'batch' }>): StatusMessage {
  const named = `Batch ${batchId}`;
  if (!counts) {
    const text = `${named} has begun and has not ended: it is being written, or it was interrupted. What was made is in the history.`;
    return { tone: 'note', title: `${approved}; the batch is under way`, text };
  }
  const ended = OUTCOMES.filter((outcome) => counts[outcome] !== undefined);
  const isDone = ended.every((outcome) => outcome === 'updated' || outcome === 'unchanged');
  const parts = ended.map((outcome) => `${counts[outcome]} ${outcome.replace('_', ' ')}`);
  const text = `${named}: ${toList(parts)}. ${isDone ? 'What was updated was seen when the user records were read back, where the service shows it.' : 'What was not updated is named in the history, each with its reason.'}`;
  if (isDone) return { tone: 'good', title: `${approved}, and carried out`, text };
  return { tone: 'bad', title: `${approved}; not all of the batch was made`, text };
}

function changeMessage(approved: string, change: ListedChange): StatusMessage {
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
