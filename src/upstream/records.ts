import { AppError } from '../errors.ts';
import { type Deadline, isOver } from '../lib/async/deadline.ts';
import { createSemaphore } from '../lib/async/semaphore.ts';
import { isObject, type Json, type JsonObject, valueAt } from '../lib/json/json-value.ts';
import { type Provider } from '../providers/provider.ts';
import type { Records, WriteResult } from '../update/ports.ts';
import type { Connection } from '../update/types.ts';
import {
  get,
  mayRetry,
  type Tried,
  tryOnce,
  type UpstreamAnswer,
  UpstreamFailure,
  type UpstreamLimits,
} from './client.ts';
import { withKnownNames } from './names.ts';

export interface RecordLimits extends UpstreamLimits {
  concurrentWrites: number;
}

/** Reads and writes one person's record at any provider, from its definition. */
export function createRecords(limits: RecordLimits): Records {
  const gate = createSemaphore(limits.concurrentWrites);
  const entityTags = createEntityTags(limits);
  return {
    async read(connection, userId, within) {
      const path = pathTo(connection, connection.provider.read.path, userId);
      const answer = await failing(get(connection, { path, within }, limits));
      const record = recordIn(connection, answer);
      const id = ownId(connection.provider, userId, record);
      const etag = await entityTags(connection, record, answer, within);
      return { record, ...(id !== undefined && { id }), ...(etag !== undefined && { etag }) };
    },

    async write(connection, { userId, body }, { within, etag, query, isCurrent }) {
      const search = new URLSearchParams(query).toString();
      const path = pathTo(connection, connection.provider.write.path, userId) + (search === '' ? '' : `?${search}`);
      const headers = etag === undefined ? {} : { 'if-match': etag };
      const request = { method: 'PUT' as const, path, body, headers, within };
      for (let attempt = 1; ; attempt++) {
        const tried = await gate(connection.name, async (waited) => {
          if (waited && isOver(within)) return 'late';
          // Time has passed since the record was read, and a body made from an old one would undo what others did since.
          if ((waited || attempt > 1) && !(await isCurrent())) return 'moved';
          return await tryOnce(connection, request, limits);
        });
        if (tried === 'late') return { kind: 'rejected', error: inTheWay(connection) };
        if (tried === 'moved') return { kind: 'moved' };
        if (tried.ok || !(await mayRetry(tried, attempt, limits, within)))
          return toWriteResult(connection.provider, tried);
      }
    },
  };
}

/** A record's entity tag, where the service says that it honours `If-Match` (RFC 9110 section 13.1.1). */
function createEntityTags(limits: UpstreamLimits) {
  const honoured = new Map<string, boolean>();
  return async (connection: Connection, record: JsonObject, answer: UpstreamAnswer, within: Deadline) => {
    const { entityTags } = connection.provider;
    const tag = answer.headers['etag'] ?? valueAt(record, ['meta', 'version']);
    if (!entityTags || typeof tag !== 'string') return undefined;
    if (!honoured.has(connection.name)) {
      const path = pathTo(connection, entityTags.path, '');
      const config = await get(connection, { path, within }, limits).catch(() => undefined);
      honoured.set(connection.name, valueAt(config?.body, entityTags.supported) === true);
    }
    return honoured.get(connection.name) ? tag : undefined;
  };
}

/** The record in an answer: bare, or in a `data` envelope (some vendors do both, by version). */
export function unwrap(body: Json | undefined): Json | undefined {
  return isObject(body) && isObject(body['data']) && !Object.hasOwn(body, 'id') ? body['data'] : body;
}

export function pathTo({ settings }: Connection, template: string, userId: string): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(name === 'userId' ? userId : String(settings[name])),
  );
}

function recordIn({ provider }: Connection, answer: UpstreamAnswer): JsonObject {
  const read = unwrap(answer.body);
  const record = isObject(read) ? withKnownNames(provider, read) : read;
  if (isObject(record) && isRecord(provider, record)) return record;
  const what = answer.malformed ? 'something that is not JSON' : 'something that is no user’s record';
  throw new AppError('upstream_unavailable', `${provider.title} answered with ${what} (HTTP ${answer.status}).`);
}

/**
 * Whether an object shows an id or at least one field of a user. What shows neither is another envelope, or a notice: taken
 * for a record it would look like one whose fields are all empty, and a replacing body made from it would empty them.
 */
function isRecord({ ids, fields }: Provider, record: JsonObject): boolean {
  const shows = (name: string) => record[name] !== undefined && record[name] !== null;
  return ids.some(shows) || Object.keys(fields).some(shows);
}

/**
 * The id the record itself carries, the first of them where there are several. `me` and the like resolve to somebody:
 * what is written must be the person whose id was given, whatever its spelling.
 */
function ownId(provider: Provider, userId: string, record: JsonObject): string | undefined {
  const ids = provider.ids.map((key) => record[key]).filter((id) => id !== undefined && id !== null);
  const [own] = ids.map(String);
  if (own === undefined || ids.some((id) => spelling(String(id)) === spelling(userId))) return own;
  throw new AppError(
    'not_found',
    `${provider.title} answered with the record of another id than user_id; give the exact id.`,
  );
}

function spelling(id: string): string {
  return id.toLowerCase().replace(/^0+(?=\d+$)/, '');
}

async function failing<T>(pending: Promise<T>): Promise<T> {
  try {
    return await pending;
  } catch (error) {
    if (!(error instanceof UpstreamFailure)) throw error;
    // The vendor's own sentence is left out: without the record nobody knows which personal values it may quote.
    const { code, message, facts } = error.error;
    const { faults: _, ...known } = facts;
    throw new AppError(code, message, { cause: error.error, facts: known });
  }
}

/** The line is ours: that a turn in it came too late is nothing to be laid at the vendor's door. */
function inTheWay({ name }: Connection): AppError {
  const message = `Other writes of connection "${name}" were in the way until the time of this call was over. Nothing was sent.`;
  return new AppError('rate_limited', message, { facts: { retryAfterSeconds: 5 } });
}

function toWriteResult(provider: Provider, tried: Tried): WriteResult {
  if (tried.ok) {
    const returned = asKnown(provider, unwrap(tried.answer.body));
    return { kind: 'accepted', ...(returned !== undefined && { body: returned }) };
  }
  const { error, fate } = tried.failure;
  return fate === 'no' ? { kind: 'rejected', error } : { kind: 'unknown', error, running: fate === 'running' };
}

/** What was written is written: that its answer says two things of an attribute is no reason to fail. */
function asKnown(provider: Provider, body: Json | undefined): Json | undefined {
  try {
    return isObject(body) ? withKnownNames(provider, body) : body;
  } catch {
    return undefined;
  }
}
