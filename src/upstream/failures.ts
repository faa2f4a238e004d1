import { AppError } from '../errors.ts';
import { connectionProblem } from '../lib/connection-problem.ts';
import { errorFacts } from '../lib/error-facts.ts';
import type { Log } from '../lib/log.ts';
import type { Connection } from '../update/types.ts';
import type { UpstreamAnswer, UpstreamLimits, UpstreamRequest } from './client.ts';
import type { TransportError } from './transport-error.ts';

/** An exchange that did not come to an answer, in our words, with its cause by code and what can be done. */
export function failedExchange(connection: Connection, error: TransportError, limits: UpstreamLimits): AppError {
  const { problem, cause } = error;
  const who = nameOf(connection);
  const found = problem === 'oversized' ? undefined : connectionProblem(cause);
  const why = found ? ` (${found.reason})` : '';
  const words = {
    unreachable: `${who} could not be reached${why}.`,
    timeout: `${who} did not answer in time.`,
    broken: `The connection to ${who} broke before the answer was complete${why}.`,
    oversized: `The answer of ${who} is larger than limits.responseBytes (${limits.responseBytes} bytes).`,
  };
  const remedy = problem === 'oversized' ? 'raise limits.responseBytes in the configuration' : found?.remedy;
  const next = problem === 'oversized' || (found && !found.passes) ? operatorHasTo(remedy) : undefined;
  return new AppError('upstream_unavailable', words[problem], {
    cause: error,
    facts: {
      ...(found && { reason: found.reason }),
      ...(remedy !== undefined && { remedy }),
      ...(next !== undefined && { next }),
    },
  });
}

/** An answer that was read but cannot be decoded. Whatever of it were kept would be damaged when it is written back. */
export function undecodable(connection: Connection, { status, headers }: UpstreamAnswer): AppError {
  const charset = /charset\s*=\s*"?([\w.:-]{1,40})/i.exec(headers['content-type'] ?? '')?.[1];
  const declared = charset === undefined ? 'declares no other encoding' : `declares ${charset}, which does not fit`;
  const remedy = 'whoever runs the service, or the proxy in front of it, has to make it answer in UTF-8';
  return new AppError(
    'upstream_unavailable',
    `${nameOf(connection)} answered with bytes that are not UTF-8 and ${declared} (HTTP ${status}); a record read from them would be damaged.`,
    { facts: { remedy, next: operatorHasTo(remedy) } },
  );
}

/** One line for the operator. The message of an error without a known code is foreign text, and scrubbed by the log. */
export function logFailure(
  connection: Connection,
  request: UpstreamRequest,
  error: AppError,
  log: Log | undefined,
  status?: number,
): void {
  const { reason, remedy } = error.facts;
  const cause = error.cause instanceof Error ? error.cause.cause : undefined;
  const unknown = reason === undefined && cause instanceof Error ? errorFacts(cause) : {};
  const write = status === undefined || status >= 500 ? log?.warn : log?.debug;
  write?.(
    {
      ...request.within.facts,
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

function operatorHasTo(remedy: string | undefined): string {
  return `Trying again does not help until the operator has put it right${remedy === undefined ? '' : `: ${remedy}`}.`;
}

function nameOf({ provider, name }: Connection): string {
  return `${provider.title} (connection "${name}")`;
}
