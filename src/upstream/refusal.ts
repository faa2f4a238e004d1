import { AppError, type ErrorCode } from '../errors.ts';
import { isObject, type Json, type JsonObject, valueAt } from '../lib/json/json-value.ts';
import type { SlowDownHeader } from '../providers/errors.ts';
import { decodeError } from '../providers/interpret/decode-error.ts';
import { messageValue } from '../providers/interpret/message-value.ts';
import { placeOf } from '../providers/interpret/record-shape.ts';
import type { Provider } from '../providers/provider.ts';
import type { UpstreamResponse } from './types.ts';

/** A vendor's refusal in our own words. The vendor's own text is only in the facts, to be scrubbed before use. */
export function toRefusal(provider: Provider, response: UpstreamResponse, { slowedDown }: Pacing): AppError {
  const { status, headers } = response;
  const decoded = decodeError(provider, response);
  // A failed server has checked nothing, so its body says nothing about the request.
  const kind = status < 500 ? decoded.kind : undefined;
  const code = kind ?? (slowedDown ? 'rate_limited' : codeOf(status));
  const hint = provider.statusHints?.[status];
  const wait = slowedDown ? retryAfterSeconds(provider, headers, { slowedDown }) : undefined;
  const message = `${provider.title} ${MEANING[code] ?? 'refused the request'} (HTTP ${status}).`;
  return new AppError(code, hint === undefined ? message : `${message} ${hint}`, {
    facts: {
      status,
      ...(decoded.faults?.length && { faults: decoded.faults }),
      ...(wait !== undefined && (wait <= DAY ? { retryAfterSeconds: Math.ceil(wait) } : { next: MUCH_LATER })),
    },
  });
}

/** Whether the vendor asked us to slow down. */
interface Pacing {
  slowedDown: boolean;
}

const DAY = 86_400;
const MUCH_LATER =
  'Do not wait: the service asks for a pause of more than a day. Tell the person, and try again later.';

/**
 * Seconds to wait, from `Retry-After` (RFC 9110 section 10.2.3: seconds or a date) or, when told to slow down, from the
 * vendor's own header. The latter is on every response, so it gives no reason to wait after an outage.
 */
export function retryAfterSeconds(
  provider: Provider,
  headers: Readonly<Record<string, string>>,
  { slowedDown }: Pacing,
): number | undefined {
  const own = (slowedDown && provider.slowDown?.headers) || [];
  for (const header of [RETRY_AFTER, ...own]) {
    const seconds = secondsIn(header, headers[header.name.toLowerCase()]?.trim() ?? '');
    if (seconds !== undefined) return seconds;
  }
  return undefined;
}

const RETRY_AFTER: SlowDownHeader = { name: 'retry-after', unit: 'seconds' };

/** Infinite for more digits than a double holds. */
function secondsIn(header: SlowDownHeader, value: string): number | undefined {
  if (/^\d+(\.\d+)?$/.test(value)) return toSeconds(header, Number(value));
  // `Date.parse` accepts nearly everything as a date, including -1 and 400 digits.
  if (!/^(?:[A-Za-z]{3,9},? |\d{4}-\d\d-\d\dT)/.test(value)) return undefined;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - Date.now()) / 1000);
}

function toSeconds({ name, unit }: SlowDownHeader, value: number): number {
  if (unit === 'milliseconds') return value / 1000;
  const isEpoch = unit === 'epoch' || (name.toLowerCase() === 'x-ratelimit-reset' && value > LONGEST_WAIT);
  return isEpoch ? Math.max(0, value - Date.now() / 1000) : value;
}

/** In seconds, three years: services with this header differ in what it counts, and a larger number is a time. */
const LONGEST_WAIT = 1e8;

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

/**
 * The status behind a 2xx response that refuses: an envelope with `success: false`, or with an error and no data. It is
 * the envelope's numeric `code` if that is an HTTP error status, else 400. Undefined for all other bodies, and for every
 * user record, which has an id.
 */
export function softErrorStatus(provider: Shape, body: Json | undefined): number | undefined {
  if (!isObject(body)) return undefined;
  const { success, error, errors, data, code } = body;
  const says = (value: Json | undefined) => (Array.isArray(value) ? value.length > 0 : Boolean(value));
  const refused = success === false || ((says(error) || says(errors)) && (data ?? null) === null);
  if (!refused || hasId(provider, body)) return undefined;
  return typeof code === 'number' && code >= 400 && code <= 599 ? code : 400;
}

type Shape = Pick<Provider, 'ids' | 'fields' | 'readOnlyAt' | 'read' | 'caseInsensitiveNames'>;

function hasId(provider: Shape, body: JsonObject): boolean {
  const records = [body, valueAt(body, provider.read.unwrap ?? [])];
  const places = [['id'], ...provider.ids.map((id) => placeOf(provider, id))];
  return records.some((record) => places.some((place) => messageValue(provider, record, place) !== undefined));
}
