import { AppError } from '../errors.ts';
import { connectionProblem } from '../lib/connection-problem.ts';
import { errorFacts } from '../lib/error-facts.ts';
import type { Connection } from '../update/types.ts';
import type { UpstreamLimits, UpstreamRequest, UpstreamResponse } from './types.ts';

/**
 * An HTTP exchange without a usable response. `sent` says whether the request may have reached the vendor: only if it is
 * false, a write may be sent again.
 */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly sent: boolean;
  readonly problem: 'unreachable' | 'timeout' | 'broken' | 'oversized';

  constructor(problem: TransportError['problem'], { sent, ...options }: ErrorOptions & { sent: boolean }) {
    super(problem, options);
    this.problem = problem;
    this.sent = sent;
  }
}

/**
 * Whether the vendor may have executed a failed request. `maybe`: the connection broke, the server failed or
 * redirected. `running`: we stopped waiting, and the vendor may still be working on it. A 4xx is a `no`.
 */
export type Fate = 'no' | 'maybe' | 'running';

/** A failed request, and what the vendor may have done nevertheless. */
export class UpstreamFailure extends Error {
  override readonly name = 'UpstreamFailure';
  readonly error: AppError;
  readonly fate: Fate;

  constructor(error: AppError, fate: Fate) {
    super(error.message, { cause: error });
    this.error = error;
    this.fate = fate;
  }
}

/** A transport error as an AppError: the cause by its code, and what the operator can do about it. `who` is reached. */
export function toConnectionError(
  who: string,
  error: TransportError,
  limits: Pick<UpstreamLimits, 'responseBytes'>,
): AppError {
  const { problem, cause } = error;
  const found = problem === 'oversized' ? undefined : connectionProblem(cause);
  const why = found ? ` (${found.reason})` : '';
  const message = {
    unreachable: `${who} could not be reached${why}.`,
    timeout: `${who} did not answer in time.`,
    broken: `The connection to ${who} broke before the response was complete${why}.`,
    oversized: `The response of ${who} is larger than limits.responseBytes (${limits.responseBytes} bytes).`,
  }[problem];
  const remedy = problem === 'oversized' ? 'raise limits.responseBytes in the configuration' : found?.remedy;
  const next = problem === 'oversized' || (found && !found.passes) ? operatorMustFix(remedy) : undefined;
  return new AppError('upstream_unavailable', message, {
    cause: error,
    facts: {
      ...(found && { reason: found.reason }),
      ...(remedy !== undefined && { remedy }),
      ...(next !== undefined && { next }),
    },
  });
}

/** A response whose bytes cannot be decoded. A record read from them would be damaged, and written back damaged. */
export function toEncodingError(connection: Connection, { status, headers }: UpstreamResponse): AppError {
  const charset = /charset\s*=\s*"?([\w.:-]{1,40})/i.exec(headers['content-type'] ?? '')?.[1];
  const declared = charset === undefined ? 'declares no other encoding' : `declares ${charset}, which does not fit`;
  const remedy = 'the service, or the proxy in front of it, must respond in UTF-8';
  return new AppError(
    'upstream_unavailable',
    `${nameOf(connection)} responded with bytes that are not UTF-8 and ${declared} (HTTP ${status}); a record read from them would be damaged.`,
    { facts: { remedy, next: operatorMustFix(remedy) } },
  );
}

/** Logs a failed request, for the operator. The message of an unknown error is foreign text; the log scrubs it. */
export function logFailure(
  connection: Connection,
  request: Pick<UpstreamRequest, 'method'> & Partial<Pick<UpstreamRequest, 'within'>>,
  error: AppError,
  { log }: UpstreamLimits,
  status?: number,
): void {
  const { reason, remedy } = error.facts;
  const cause = error.cause instanceof Error ? error.cause.cause : undefined;
  const unknown = reason === undefined && cause instanceof Error ? errorFacts(cause) : {};
  const write = status === undefined || status >= 500 ? log?.warn : log?.debug;
  write?.(
    {
      ...request.within?.facts,
      connection: connection.name,
      provider: connection.provider.id,
      method: request.method,
      status,
      code: error.code,
      reason,
      remedy,
      ...unknown,
    },
    error.message,
  );
}

export function operatorMustFix(remedy: string | undefined): string {
  return `Do not try again before the operator has fixed this${remedy === undefined ? '' : `: ${remedy}`}.`;
}

/** A connection in a message. */
export function nameOf({ provider, name }: Connection): string {
  return `${provider.title} (connection "${name}")`;
}
