import { AppError } from '../errors.ts';
import { type Deadline, isOver } from '../lib/async/deadline.ts';
import { createSemaphore } from '../lib/async/semaphore.ts';
import { isObject, type Json, type JsonObject, valueAt } from '../lib/json/json-value.ts';
import { pathAndQuery, withQuery } from '../providers/interpret/address.ts';
import { recordWriteFor, type ServiceFacts } from '../providers/interpret/record-write.ts';
import type { Provider } from '../providers/provider.ts';
import type { Records, WriteResult } from '../update/ports.ts';
import type { Connection } from '../update/types.ts';
import { needsToken } from './auth/access-token.ts';
import { issuedTokens } from './auth/issued-tokens.ts';
import { get, sendOnce } from './client.ts';
import { contentTypesOf } from './content-type.ts';
import { createDiscovery } from './discovery.ts';
import { UpstreamFailure } from './errors.ts';
import { isHeaderValue } from './http/transport.ts';
import { type Attempt, startRetries, type WaitToRetry } from './pace/retries.ts';
import { pauseMs, takeWriteTurn } from './pace/turn.ts';
import type { UpstreamLimits, UpstreamResponse } from './types.ts';
import { asUserRecord } from './user-record.ts';

export interface RecordLimits extends UpstreamLimits {
  /** For each connection. */
  concurrentWrites: number;
}

/** Reads and writes user records of any provider, following its definition. */
export function createRecords(limits: RecordLimits): Records {
  const writeSlots = createSemaphore(limits.concurrentWrites);
  const discover = createDiscovery(limits);
  return {
    async read(connection, userId, within) {
      const { read } = connection.provider;
      const path = pathAndQuery(read.path, read.query, { ...connection.settings, userId });
      const response = await withoutFaults(get(connection, { path, within }, limits));
      const record = recordIn(connection, response);
      const id = ownId(connection.provider, userId, record);
      // Web frameworks set a header of their own, a hash of the response (RFC 7643 section 3.1 wants them equal).
      const tag = versionIn(record) ?? response.headers['etag'];
      const service = await discover(connection, { hasVersion: typeof tag === 'string' }, within);
      return {
        record,
        ...(id !== undefined && { id }),
        ...(honoursTags(connection.provider, service) && isTag(tag) && { etag: tag }),
        service,
      };
    },

    async write(connection, { userId, write, body }, { within, etag, query, isCurrent }) {
      const target = pathAndQuery(write.path, write.query, { ...connection.settings, userId });
      const path = query ? withQuery(target, Object.entries(query)) : target;
      const headers = etag === undefined ? {} : { 'if-match': etag };
      const request = { method: write.method, path, body, headers, within };
      let waitToRetry: WaitToRetry | undefined;
      for (let failed: Attempt | undefined; ; ) {
        const attempt = await writeSlots(connection.name, async (waited): Promise<Attempt | 'moved'> => {
          if (waited && isOver(within)) return unsent(noFreeSlot(connection));
          let isDelayed = waited || failed !== undefined || needsToken(connection);
          do {
            const turn = await takeWriteTurn(connection, within, limits);
            if (!turn.ok) return failed ?? unsent(turn.error);
            // The record may have changed during the wait; a body made from the old one would revert that change.
            isDelayed ||= turn.waited;
            if (isDelayed && !(await isCurrent())) return 'moved';
            // While the record was read, another request may have been told to slow down.
          } while (pauseMs(connection) > 0);
          return await sendOnce(connection, { ...request, ...contentTypesOf(connection, write) }, limits);
        });
        if (attempt === 'moved') return { kind: 'moved' };
        if (attempt.ok || attempt === failed) return toWriteResult(connection.provider, attempt);
        waitToRetry ??= startRetries(limits, within);
        if (!(await waitToRetry(attempt))) return toWriteResult(connection.provider, attempt);
        failed = attempt;
      }
    },

    pauseMs,
    fetchedCredentials: issuedTokens,
  };
}

/** Whether a write may be conditional: the definition says so, or the service itself. */
function honoursTags(provider: Provider, service: ServiceFacts): boolean {
  return service.etag === true || recordWriteFor(provider, service).ifMatch === true;
}

/** A version in the record is foreign text, and may be one that no header can hold. */
function isTag(version: Json | undefined): version is string {
  return typeof version === 'string' && isHeaderValue(version);
}

/**
 * The user record in a response body: where the definition says, else bare or in a `data` envelope (some vendors do both,
 * by version).
 */
export function unwrap({ read }: Provider, body: Json | undefined): Json | undefined {
  if (read.unwrap) return valueAt(body, read.unwrap);
  return isObject(body) && isObject(body['data']) && !Object.hasOwn(body, 'id') ? body['data'] : body;
}

function recordIn({ provider }: Connection, response: UpstreamResponse): JsonObject {
  const read = unwrap(provider, response.body);
  const record = isObject(read) ? asUserRecord(provider, read) : read;
  if (isObject(record) && isRecord(provider, record)) return record;
  const what = response.malformed ? 'not JSON' : 'not a user record';
  throw new AppError(
    'upstream_unavailable',
    `${provider.title} responded with something that is ${what} (HTTP ${response.status}).`,
  );
}

/**
 * Whether an object has an id or at least one field of a user. Any other object is an envelope or a notice. As a user
 * record it would look empty, and a replacing body made from it would empty all fields.
 */
function isRecord({ ids, fields }: Provider, record: JsonObject): boolean {
  const shows = (name: string) => record[name] !== undefined && record[name] !== null;
  return ids.some(shows) || Object.keys(fields).some(shows);
}

function versionIn(record: JsonObject): string | undefined {
  const version = valueAt(record, ['meta', 'version']);
  return typeof version === 'string' && version !== '' ? version : undefined;
}

/**
 * The id in the record itself, the first if there are several. Throws if it is not the id that was asked for, in any
 * spelling: aliases such as `me` resolve to another user, and the user written to must be the user that was named.
 */
function ownId(provider: Provider, userId: string, record: JsonObject): string | undefined {
  const ids = provider.ids.map((key) => record[key]).filter((id) => id !== undefined && id !== null);
  const [own] = ids.map(String);
  if (own === undefined || ids.some((id) => spelling(String(id)) === spelling(userId))) return own;
  throw new AppError(
    'not_found',
    `${provider.title} responded with the record of another id than user_id; give the exact id.`,
  );
}

function spelling(id: string): string {
  return id.toLowerCase().replace(/^0+(?=\d+$)/, '');
}

/** A failed read as an AppError, without the vendor's text: before the record is known, it cannot be scrubbed. */
async function withoutFaults<T>(pending: Promise<T>): Promise<T> {
  try {
    return await pending;
  } catch (error) {
    if (!(error instanceof UpstreamFailure)) throw error;
    const { code, message, facts } = error.error;
    const { faults: _, ...known } = facts;
    throw new AppError(code, message, { cause: error.error, facts: known });
  }
}

/** Nothing was sent, and waiting longer does not help. */
function unsent(error: AppError): Attempt {
  return { ok: false, failure: new UpstreamFailure(error, 'no') };
}

/** Not an error of the vendor: our own limit delayed the write. */
function noFreeSlot({ name }: Connection): AppError {
  const message = `Other writes of connection "${name}" took until the time of this call was over. Nothing was sent.`;
  return new AppError('rate_limited', message, { facts: { retryAfterSeconds: 5 } });
}

function toWriteResult(provider: Provider, attempt: Attempt): WriteResult {
  if (attempt.ok) {
    const returned = asKnown(provider, unwrap(provider, attempt.response.body));
    return { kind: 'accepted', ...(returned !== undefined && { body: returned }) };
  }
  const { error, fate } = attempt.failure;
  return fate === 'no' ? { kind: 'rejected', error } : { kind: 'unknown', error, running: fate === 'running' };
}

/** The write has happened: a contradictory response is no reason to fail. */
function asKnown(provider: Provider, body: Json | undefined): Json | undefined {
  try {
    return isObject(body) ? asUserRecord(provider, body) : body;
  } catch {
    return undefined;
  }
}
