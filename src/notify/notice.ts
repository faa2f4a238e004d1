import { createHash } from 'node:crypto';
import { approverOf, approverPrincipal } from '../approvals/identity.ts';
import { parsePath } from '../lib/json/field-path.ts';
import { DOTS, maskByShape } from '../lib/text/mask-by-shape.ts';
import { fieldOf, type Provider } from '../providers/provider.ts';
import type { Entry } from '../store/log/entry.ts';
import { outcomeOf, recordedCounts, toCount } from '../update/batch/outcome.ts';
import type { OutcomeName } from '../update/types.ts';
import { changeNotice, type NoticeType } from './events.ts';

/** What a notice says: names of fields but no values, and nothing that is itself a credential. */
export interface Notice {
  /** The same for every attempt, after a restart and from every instance. */
  id: string;
  type: NoticeType;
  /** When it happened, ISO 8601. */
  at: string;
  data: {
    change_id?: string;
    approval_id?: string;
    batch_id?: string;
    provider: string;
    connection: string;
    user_id: string;
    fields: string[];
    outcome?: string;
    caller: string;
    /** Of a batch, which has no user: the number of user records. */
    people?: number;
    /** Of the end of a batch: how many changes ended with each outcome. */
    counts?: Partial<Record<OutcomeName, number>>;
    /** The batch went on after an interruption: it may have been told of before. */
    resumed?: true;
    /** Its process ended before it did: this is how far it had come. */
    interrupted?: true;
    /** Where it is shown on the approval site. */
    url?: string;
  };
}

/** What an entry does not say itself. */
export interface NoticeContext {
  /** Undefined for a provider that this process does not know. */
  provider(id: string): Provider | undefined;
  /** The page that shows it, if there is a site that people reach. */
  link: NoticeLink;
}

export type NoticeLink = (what: 'approval' | 'change' | 'batch', id: string) => string | undefined;

/** What an entry is about; undefined if nobody is told of it. */
export function noticeType({ kind, outcome }: Pick<Entry, 'kind' | 'outcome'>): NoticeType | undefined {
  if (kind === 'opened') return undefined;
  if (kind === 'batch') return outcome === 'finished' ? 'batch.finished' : undefined;
  if (kind !== 'approval') return changeNotice(outcome);
  if (outcome === 'requested' || outcome === 'expired') return `approval.${outcome}`;
  return 'approval.decided';
}

export function toNotice(entry: Entry, type: NoticeType, context: NoticeContext): Notice {
  const { body, provider, changeId } = entry;
  const isApproval = entry.kind === 'approval';
  const isBatch = entry.kind === 'batch';
  const approvalId = body.approvalId ?? (isApproval ? changeId : undefined);
  const batchId = isBatch ? changeId : body.batchId;
  const outcome = outcomeIn(entry, type);
  const url = context.link(isApproval ? 'approval' : isBatch ? 'batch' : 'change', changeId);
  return {
    id: noticeId(entry),
    type,
    at: entry.at,
    data: {
      ...(!isApproval && !isBatch && { change_id: changeId }),
      ...(approvalId !== undefined && { approval_id: approvalId }),
      ...(batchId !== undefined && { batch_id: batchId }),
      provider,
      connection: entry.connection,
      user_id: maskedId(entry.userId),
      fields: fieldNames(body.fields, context.provider(provider)),
      ...(outcome !== undefined && { outcome }),
      caller: maskedCaller(body.caller),
      ...(isAboutBatch(entry) && { people: toCount(body.people) }),
      ...(isBatch && { counts: recordedCounts(body) }),
      ...(isBatch && body.resumed === true && { resumed: true }),
      ...(isBatch && body.interrupted === true && { interrupted: true }),
      ...(url !== undefined && { url }),
    },
  };
}

/** Whether it is about a batch as a whole: its end, or a request for approval of all of it. */
function isAboutBatch({ kind, userId, body }: Entry): boolean {
  return kind === 'batch' || (kind === 'approval' && userId === '' && body.batchId !== undefined);
}

function outcomeIn(entry: Entry, type: NoticeType): string | undefined {
  if (type === 'approval.requested' || type === 'approval.expired') return undefined;
  return type === 'batch.finished' ? outcomeOf(recordedCounts(entry.body)) : entry.outcome;
}

/** The hash of an entry is the same everywhere. It is hashed again: with it, values of the entry could be guessed. */
function noticeId({ hash }: Entry): string {
  return `msg_${createHash('sha256').update(`notice/${hash}`).digest('hex').slice(0, 32)}`;
}

/** Whatever stands before the `@`, also where no address could look like that. */
function maskedId(id: string): string {
  const [, initial, domain] = /^(.?).*(?:@|%(?:25)*40|\uff20)(.*)$/isu.exec(id) ?? [];
  return domain === undefined ? id : `${initial}${DOTS}@${maskByShape(domain)}`;
}

/** The principal of an OAuth caller is `ISSUER#SUB`. As a whole it would look like a token, and nothing of it be shown. */
function maskedCaller(principal: string): string {
  const approver = approverOf(principal);
  if (approver !== undefined) return approverPrincipal(maskByShape(approver));
  const [, host, subject] = /^https?:\/\/([^/#]+)[^#]*#(.+)$/s.exec(principal) ?? [];
  return subject === undefined ? maskByShape(principal) : `${host}#${maskByShape(subject)}`;
}

const MOST_FIELDS = 100;

/** A key that a tenant chose may itself be a value. */
function fieldNames(fields: Entry['body']['fields'], provider: Provider | undefined): string[] {
  const names = [...new Set((Array.isArray(fields) ? fields : []).map(({ field }) => fieldName(field, provider)))];
  const more = names.length - MOST_FIELDS;
  return more > 0 ? [...names.slice(0, MOST_FIELDS), `(${more} more)`] : names;
}

function fieldName(recorded: unknown, provider: Provider | undefined): string {
  const [name, key] = (typeof recorded === 'string' ? parsePath(recorded) : undefined) ?? [];
  if (name === undefined || !/^[\w:$.-]{1,128}$/.test(name)) return '(other)';
  if (key === undefined) return name;
  const { merge, parts = {} } = (provider && fieldOf(provider, name)) ?? {};
  const isDeclared = merge?.keys?.includes(key) || Object.hasOwn(parts, key);
  return `${name}.${isDeclared ? key : '*'}`;
}
