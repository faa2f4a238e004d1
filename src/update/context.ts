import { AppError } from '../errors.ts';
import { type Deadline, type Pauses, startDeadline, startPauses } from '../lib/async/deadline.ts';
import { errorFacts } from '../lib/error-facts.ts';
import type { JsonObject } from '../lib/json/json-value.ts';
import type { LogFacts } from '../lib/log.ts';
import { maskByShape } from '../lib/text/mask-by-shape.ts';
import type { PeopleCounts } from './policy/people/counts.ts';
import type { Ports } from './ports.ts';
import { createScrub } from './redact/scrub.ts';
import { credentialTexts, sensitiveTexts, sensitiveValues } from './redact/sensitive.ts';
import type { Answer, Caller, ChangeRequest, Connection, Verdict } from './types.ts';

/** One call of an update tool, its arguments parsed. */
export interface Call {
  readonly connection: Connection;
  readonly request: ChangeRequest;
  readonly caller: Caller;
  /** The answer to an earlier question; the signature of its confirmation token was checked. */
  readonly answer?: Answer;
  /** Whether the client can show a question to a person. */
  readonly canAsk: boolean;
  /** Where the question is asked, if not in a client. */
  readonly place?: 'terminal';
  /** The client can ask, but no answer came in time. */
  readonly unanswered?: true;
  /** The approval that a server carries out, if no caller calls again for it. */
  readonly approvalId?: string;
  /** Of a call that is part of a batch: what `people` in rules counts. The batch noted its user records already. */
  readonly people?: PeopleCounts;
  /** Aborts when the caller stops waiting. Ignored once the intent is durable. */
  readonly signal?: AbortSignal;
  /** Present if the change is part of a batch. */
  readonly batch?: BatchMembership;
}

/** What a change knows of the batch it is part of. */
export interface BatchMembership {
  readonly id: string;
  /** The consent to the batch. Without it the change is only planned. */
  readonly consent?: BatchConsent;
  /** It was planned before in this batch, so an end without a write is recorded already. */
  readonly isRepeated?: true;
  /** It is put back if another change of the batch fails: only what can be put back is planned. */
  readonly isAllOrNothing?: true;
  /** The batch goes on after an interruption: what it did to this user record before is looked up and not done again. */
  readonly isResumed?: true;
  /** When the batch may begin nothing more, in ms of the monotonic clock. Pauses that a vendor asks for can last until then. */
  readonly until?: number;
}

/** The consent to a batch, as one of its changes sees it. */
export interface BatchConsent {
  /** What the change has to be; `put_back`: whatever undoes a change of the batch that may not stay. */
  readonly covers: { readonly digest: string } | 'put_back';
  /** The strictest decision of policy that the consent satisfies. */
  readonly level: Verdict['decision'];
  /** Whether it includes overwriting fields that changed since the change that is undone. */
  readonly overwrite: boolean;
  readonly evidence: Evidence;
}

/** State that one attempt passes on to the next. */
export interface AttemptState {
  readonly call: Call;
  /** The user id is the vendor's own spelling. */
  readonly isCanonical: boolean;
  /** Why the person is asked again, for the question. */
  readonly askedAgain: string | undefined;
}

/** Run the steps again, from the user record on. */
export interface Retry {
  readonly kind: 'retry';
  readonly reason:
    | 'canonical_id'
    | 'record_moved'
    | 'token_consumed'
    | 'in_flight'
    | 'recovered'
    | 'recounted'
    | 'slowed_down';
  readonly state: AttemptState;
  /** The consent of the attempt that ended so. The next attempt needs its own. */
  readonly evidence: Evidence;
}

/** The evidence of the consent so far, for the audit entry. */
export interface Evidence {
  /** Names of the approvers who agreed out of band. */
  readonly approvedBy?: string;
  /** The approval they gave. */
  readonly approvalId?: string;
  /** How long the client's answer took, in ms. */
  readonly answeredAfterMs?: number;
}

/** The inputs of every step of one attempt. Read-only: a step that learns something returns it, or a new context. */
export interface UpdateContext extends AttemptState {
  readonly ports: Ports;
  /** Ends when the caller stops waiting or the call's time is up, whichever is first. */
  readonly within: Deadline;
  readonly evidence: Evidence;
  readonly known: KnownValues;
}

/**
 * Values that the call has read or an approver typed, for scrubbing free text. It only grows, and is shared by all
 * attempts, so that a failure at any step is scrubbed of everything that any step has seen.
 */
export interface KnownValues {
  addRecord(record: JsonObject): void;
  addTexts(texts: readonly string[]): void;
  records(): readonly JsonObject[];
  texts(): readonly string[];
}

export function createContext(call: Call, ports: Ports): UpdateContext {
  return {
    call,
    isCanonical: false,
    askedAgain: undefined,
    ports,
    within: startDeadline(ports.limits.callMs, call.signal, undefined, pausesOf(call)),
    evidence: {},
    known: createKnownValues(),
  };
}

/** A caller waits for a single call. The time of a change in a batch is its own work, not what the vendor lets all wait. */
function pausesOf({ batch }: Call): Pauses | undefined {
  return batch && startPauses(batch.until ?? Number.POSITIVE_INFINITY);
}

function createKnownValues(): KnownValues {
  const records: JsonObject[] = [];
  const texts: string[] = [];
  return {
    addRecord: (record) => void records.push(record),
    addTexts: (more) => void texts.push(...more),
    records: () => records,
    texts: () => texts,
  };
}

/** A retry of this attempt, with the changes for the next one. */
export function retry(
  { call, isCanonical, askedAgain, evidence }: UpdateContext,
  reason: Retry['reason'],
  changed: Partial<AttemptState> = {},
): Retry {
  return { kind: 'retry', reason, state: { call, isCanonical, askedAgain, ...changed }, evidence };
}

/** Every value of this call that must not turn up in free text. Only failures need it, so it is computed on demand. */
export function sensitiveIn({ call, known, ports }: UpdateContext): string[] {
  const { connection } = call;
  const read = known.records().flatMap((record) => sensitiveValues(connection.provider, record));
  const credentials = credentialTexts(connection, ports.records.fetchedCredentials(connection));
  return [...requestTexts(call), ...credentials, ...read, ...known.texts()];
}

function requestTexts({ connection, request }: Call): string[] {
  return [...request.set].flatMap(([field, value]) =>
    connection.provider.fields[field]?.sensitivity === 'public' ? [] : sensitiveTexts(value),
  );
}

/**
 * The reason as a person sees it, without the secrets of the same request. It is not compared with values the caller
 * may not know: a gap in the text would reveal them.
 */
export function shownReason({ connection, request }: Call): string | undefined {
  const { fields } = connection.provider;
  const own = [...request.set].filter(([field]) => fields[field]?.sensitivity === 'secret');
  return request.reason && createScrub(own.flatMap(([, value]) => sensitiveTexts(value)))(request.reason);
}

/** The reason as the audit log keeps it: masked by shape. */
export function keptReason(call: Call): string | undefined {
  const reason = shownReason(call);
  return reason && maskByShape(reason);
}

/** The facts of a failure for the log: its code, or the facts of an unexpected error; without values of the call. */
export function failureFacts(context: UpdateContext, error: unknown): LogFacts {
  const scrub = createScrub(sensitiveIn(context));
  const facts = { ...(error instanceof AppError && { code: error.code }), ...errorFacts(error) };
  return Object.fromEntries(
    Object.entries(facts).map(([key, value]) => [key, typeof value === 'string' ? scrub(value) : value]),
  );
}
