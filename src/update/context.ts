import { AppError } from '../errors.ts';
import { type Deadline, startDeadline } from '../lib/async/deadline.ts';
import { errorFacts } from '../lib/error-facts.ts';
import type { JsonObject } from '../lib/json/json-value.ts';
import type { LogFacts } from '../lib/log.ts';
import { maskByShape } from '../lib/text/mask-by-shape.ts';
import type { Ports } from './ports.ts';
import { credentialTexts } from './redact/credentials.ts';
import { makeScrub } from './redact/scrub.ts';
import { sensitiveTexts, sensitiveValues } from './redact/view.ts';
import type { Answer, Caller, ChangeRequest, Connection } from './types.ts';

/** One call of an update tool, its arguments parsed. */
export interface Call {
  connection: Connection;
  request: ChangeRequest;
  caller: Caller;
  /** The answer to an earlier question, its ticket's signature checked. */
  answer?: Answer;
  /** Whether the client can put a question to a person at all. */
  canAsk: boolean;
  /** Where it would be put, if not in a client. */
  place?: 'terminal';
  /** It could, and nobody answered in time. */
  unanswered?: true;
  /** Ends when the caller no longer waits. After the intent is on disk it no longer counts. */
  signal?: AbortSignal;
}

/** A call on its way: what every step of it needs. */
export interface UpdateContext {
  call: Call;
  /** Whether the call goes by the vendor's own spelling of the person's id by now. */
  renamed?: true;
  /** Why a question is put again, once its answer turned out to be used up. */
  again?: string;
  /** How long the client's answer took, in ms. */
  answeredAfterMs?: number;
  ports: Ports;
  /** Who approved it out of band. */
  approvedBy?: string;
  /** What the store had last of this person before the record was read. */
  since?: number;
  /** Ends with the caller's patience or with the call's time, whichever is first. */
  within: Deadline;
  /** Records that were read and texts that were typed in: what of them may not turn up in free text, `sensitiveIn` tells. */
  met: { records: JsonObject[]; texts: string[] };
}

export function createContext(call: Call, ports: Ports): UpdateContext {
  return {
    call,
    ports,
    within: startDeadline(ports.limits.callMs, call.signal),
    met: { records: [], texts: [] },
  };
}

/** Every value of this call that must not turn up in free text. Most calls end without one of a vendor's. */
export function sensitiveIn({ call, met }: UpdateContext): string[] {
  const { provider } = call.connection;
  const read = met.records.flatMap((record) => sensitiveValues(provider, record));
  return [...requestTexts(call), ...credentialTexts(call.connection), ...read, ...met.texts];
}

function requestTexts({ connection, request }: Call): string[] {
  return [...request.set].flatMap(([field, value]) =>
    connection.provider.fields[field]?.sensitivity === 'public' ? [] : sensitiveTexts(value),
  );
}

/**
 * The reason as it is shown, without the secrets that came along with it. It is compared with nothing that the caller
 * may not know: what is missing from it would tell.
 */
export function shownReason({ connection, request }: Call): string | undefined {
  const { fields } = connection.provider;
  const own = [...request.set].filter(([field]) => fields[field]?.sensitivity === 'secret');
  return request.reason && makeScrub(own.flatMap(([, value]) => sensitiveTexts(value)))(request.reason);
}

/** The reason as it is kept and given back: masked by shape. */
export function keptReason(call: Call): string | undefined {
  const reason = shownReason(call);
  return reason && maskByShape(reason);
}

/** What the log says of a failure: its code, or what is known of an error of another kind; free of values of the call. */
export function failureFacts(context: UpdateContext, error: unknown): LogFacts {
  const scrub = makeScrub(sensitiveIn(context));
  const facts = { ...(error instanceof AppError && { code: error.code }), ...errorFacts(error) };
  return Object.fromEntries(
    Object.entries(facts).map(([key, value]) => [key, typeof value === 'string' ? scrub(value) : value]),
  );
}
