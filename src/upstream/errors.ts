import { AppError, type ErrorCode } from '../errors.ts';
import type { Provider } from '../providers/provider.ts';
import type { UpstreamAnswer } from './client.ts';

/** A vendor's refusal in our own words. The vendor's sentence goes along as a fact, to be scrubbed before use. */
export function errorFrom(provider: Provider, answer: UpstreamAnswer, slowedDown: boolean): AppError {
  const { status, headers } = answer;
  const decoded = provider.decodeError(status, answer.body);
  // A server that failed has checked nothing: what its body says of the request does not count.
  const kind = status < 500 ? decoded.kind : undefined;
  const code = kind ?? (slowedDown ? 'rate_limited' : codeOf(status));
  const hint = provider.statusHints?.[status];
  const wait = slowedDown ? retryAfterSeconds(provider, headers, slowedDown) : undefined;
  const message = `${provider.title} ${MEANING[code] ?? 'refused the request'} (HTTP ${status}).`;
  return new AppError(code, hint === undefined ? message : `${message} ${hint}`, {
    facts: {
      ...(decoded.faults?.length && { faults: decoded.faults }),
      ...(wait !== undefined && (wait <= DAY ? { retryAfterSeconds: Math.ceil(wait) } : { next: MUCH_LATER })),
    },
  });
}

const DAY = 86_400;
const MUCH_LATER = 'Do not wait for it: the service asks for more than a day. Tell the person, and try again later.';

/**
 * Seconds to wait by `Retry-After` (RFC 9110 section 10.2.3: seconds or a date) or, when told to slow down, by the
 * vendor's own header: those stand on every answer, and are no reason to wait after an outage.
 */
export function retryAfterSeconds(
  provider: Provider,
  headers: Readonly<Record<string, string>>,
  slowedDown: boolean,
): number | undefined {
  for (const name of ['retry-after', ...((slowedDown && provider.slowDown?.headers) || [])]) {
    const seconds = secondsIn(headers[name]?.trim() ?? '');
    if (seconds !== undefined) return seconds;
  }
  return undefined;
}

/** May be infinite: then waiting for it is out of the question. */
function secondsIn(value: string): number | undefined {
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value);
  // `Date.parse` takes nearly everything for a date, -1 and 400 digits among it.
  if (!/^(?:[A-Za-z]{3,9},? |\d{4}-\d\d-\d\dT)/.test(value)) return undefined;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - Date.now()) / 1000);
}

const MEANING: Partial<Record<ErrorCode, string>> = {
  credentials_rejected: 'rejected this connection’s credential',
  forbidden: 'does not let this connection’s credential do this',
  not_found: 'knows no such user',
  uniqueness_conflict: 'says that a value is taken by another user',
  record_changed: 'says that the record changed in the meantime',
  rate_limited: 'says to slow down',
  upstream_rejected: 'did not accept the request',
  upstream_unavailable: 'is not available',
};

function codeOf(status: number): ErrorCode {
  const codes: Record<number, ErrorCode> = {
    401: 'credentials_rejected',
    403: 'forbidden',
    404: 'not_found',
    410: 'not_found',
    409: 'uniqueness_conflict',
    412: 'record_changed',
  };
  return codes[status] ?? (status >= 500 ? 'upstream_unavailable' : 'upstream_rejected');
}
