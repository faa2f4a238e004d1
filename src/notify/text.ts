import { approverOf } from '../approvals/identity.ts';
import { maskByShape } from '../lib/text/mask-by-shape.ts';
import { quoteName, quoteStart } from '../lib/text/quote.ts';
import { batchFacts, batchWords } from './batch-text.ts';
import type { Notice } from './notice.ts';

/** A notice for people, in our own words; foreign names in it are quoted. */
export interface NoticeText {
  title: string;
  /** Each on a line of its own. */
  facts: readonly (readonly [name: string, value: string])[];
  next: string;
  url?: string;
}

/** `approver`: who decided. `title`: the product's name. */
export function noticeText(
  { type, data }: Notice,
  { title, approver }: { title: string; approver?: string },
): NoticeText {
  const [what, next] = data.people === undefined ? wordsFor(type, data) : batchWords(type, data);
  const by = approver === undefined ? [] : ([['Decided by', shown(approver)]] as const);
  return {
    title: `${what} (${title})`,
    facts: [
      ...(data.people === undefined ? changeFacts(data, title) : batchFacts(data, title)),
      ['Asked by', shown(data.caller)],
      ...by,
      ...idsOf(data),
    ],
    next,
    ...(data.url !== undefined && { url: data.url }),
  };
}

function changeFacts({ user_id, connection, fields }: Notice['data'], title: string): NoticeText['facts'] {
  return [
    ['User', `${shown(user_id)} at ${title}, connection ${shown(connection)}`],
    ['Fields', fields.join(', ') || '(none)'],
  ];
}

function idsOf({ change_id, approval_id, batch_id }: Notice['data']): [string, string][] {
  const ids: [string, string | undefined][] = [
    ['Change', change_id],
    ['Approval', approval_id],
    ['Batch', batch_id],
  ];
  return ids.flatMap(([name, id]) => (id === undefined ? [] : [[name, shown(id)] as [string, string]]));
}

/** What happened, and what to do. */
function wordsFor(type: Notice['type'], data: Notice['data']): readonly [what: string, next: string] {
  switch (type) {
    case 'approval.requested':
      return [
        'A change waits for approval',
        'An approver decides on the approval page, or in a terminal with "approve".',
      ];
    case 'approval.decided':
      return decided(data);
    case 'approval.expired':
      return ['A request for approval expired', 'Nothing was changed. It can be asked for again.'];
    case 'change.updated':
      return ['A user was changed', 'Nothing to do. "changes list" shows what, and "undo" takes it back.'];
    case 'change.failed':
      return ['A change failed', 'Nothing was changed. "changes list" shows why.'];
    case 'change.unverified':
      return ['A change may or may not have been made', 'Compare the user record with "changes list".'];
    case 'change.conflict':
      return ['A change met another one', 'Compare the user record with "changes list".'];
    case 'change.denied':
      return ['Policy denied a change', 'Nothing was changed. "changes list" names the rule.'];
    case 'change.refused':
      return ['A change was refused', 'Nothing was changed. Nothing to do.'];
    case 'batch.finished':
      return batchWords(type, data);
  }
}

function decided({ outcome, caller }: Notice['data']): readonly [string, string] {
  if (outcome === 'approved') {
    // What an approver asked for needs no agent.
    const next = approverOf(caller) === undefined ? 'the agent has to call again' : 'a server makes the change';
    return [
      'An approver agreed to a change',
      `Nothing has been changed yet: once as many as needed have agreed, ${next}.`,
    ];
  }
  if (outcome === 'taken_back') return ['An approver took a yes back', 'The request waits for a decision again.'];
  return ['An approver declined a change', 'Nothing was changed. Nothing to do.'];
}

/** Foreign text, without its shapes of personal data; quoted unless it is a plain word, and short. */
function shown(text: string): string {
  return text.length > MOST ? quoteStart(text, MOST, true) : quoteName(text);
}

const MOST = 80;

/** The name of an approver, which may be an e-mail address. */
export function shownApprover(name: string | undefined): string | undefined {
  return typeof name === 'string' ? maskByShape(name) : undefined;
}
