import { AppError } from '../errors.ts';
import { isObject, type Json, type JsonObject, type Provider, valueAt } from '../providers/provider.ts';
import type { Records, WriteResult } from '../update/ports.ts';
import type { Connection } from '../update/types.ts';
import { call, type UpstreamAnswer, UpstreamFailure, type UpstreamLimits } from './client.ts';
import { createGate } from './gate.ts';

export interface RecordLimits extends UpstreamLimits {
  concurrentWrites: number;
}

/** Reads and writes one person's record at any provider, from its definition. */
export function createRecords(limits: RecordLimits): Records {
  const gate = createGate(limits.concurrentWrites);
  const entityTags = createEntityTags(limits);
  return {
    async read(connection, userId, signal) {
      const path = pathTo(connection, connection.provider.read.path, userId);
      const answer = await failing(call(connection, { method: 'GET', path, signal }, limits));
      const record = recordIn(connection, userId, answer);
      const etag = await entityTags(connection, record, answer, signal);
      return { record, ...(etag !== undefined && { etag }) };
    },

    async write(connection, plan, options) {
      const query = new URLSearchParams(options.query).toString();
      const path = pathTo(connection, connection.provider.write.path, plan.userId) + (query === '' ? '' : `?${query}`);
      const headers = options.etag === undefined ? {} : { 'if-match': options.etag };
      return await gate(connection.name, async () => {
        const request = { method: 'PUT' as const, path, body: plan.body, headers, signal: options.signal };
        return await written(call(connection, request, limits));
      });
    },
  };
}

/** A record's entity tag, where the service says that it honours `If-Match` (RFC 9110 section 13.1.1). */
function createEntityTags(limits: UpstreamLimits) {
  const honoured = new Map<string, boolean>();
  return async (connection: Connection, record: JsonObject, answer: UpstreamAnswer, signal: AbortSignal) => {
    const { entityTags } = connection.provider;
    const tag = answer.headers['etag'] ?? valueAt(record, ['meta', 'version']);
    if (!entityTags || typeof tag !== 'string') return undefined;
    if (!honoured.has(connection.name)) {
      const path = pathTo(connection, entityTags.path, '');
      const config = await call(connection, { method: 'GET', path, signal }, limits).catch(() => undefined);
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

function recordIn({ provider }: Connection, userId: string, answer: UpstreamAnswer): JsonObject {
  const record = unwrap(answer.body);
  if (!isObject(record)) {
    const what = answer.malformed ? 'something that is not JSON' : 'no record';
    throw new AppError('upstream_unavailable', `${provider.title} answered with ${what} (HTTP ${answer.status}).`);
  }
  checkIdentity(provider, userId, record);
  return record;
}

/** `me` and the like resolve to somebody: what is written must be the person whose id was given. */
function checkIdentity(provider: Provider, userId: string, record: JsonObject): void {
  const ids = provider.ids.map((key) => record[key]).filter((id) => id !== undefined && id !== null);
  if (ids.length === 0 || ids.some((id) => String(id).toLowerCase() === userId.toLowerCase())) return;
  throw new AppError(
    'not_found',
    `${provider.title} answered with the record of another id than user_id; give the exact id.`,
  );
}

async function failing<T>(pending: Promise<T>): Promise<T> {
  try {
    return await pending;
  } catch (error) {
    if (!(error instanceof UpstreamFailure)) throw error;
    // The vendor's own sentence is left out: without the record nobody knows which personal values it may quote.
    const { code, message, facts } = error.error;
    const { quote: _, ...known } = facts;
    throw new AppError(code, message, { cause: error.error, facts: known });
  }
}

async function written(pending: Promise<UpstreamAnswer>): Promise<WriteResult> {
  try {
    const { body } = await pending;
    const returned = unwrap(body);
    return { kind: 'accepted', ...(returned !== undefined && { body: returned }) };
  } catch (error) {
    if (!(error instanceof UpstreamFailure)) throw error;
    return { kind: error.mayBeProcessed ? 'unknown' : 'rejected', error: error.error };
  }
}
