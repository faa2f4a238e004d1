import { bounds } from '../../bounds.ts';
import { AppError } from '../../errors.ts';
import { isObject, type JsonObject } from '../../lib/json/json-value.ts';
import { type Echo, echoWithout } from '../../lib/text/printable.ts';
import type { Connection } from '../types.ts';
import { shapeFaults, TOO_LARGE, withoutNulls } from './argument-shape.ts';
import { batchArguments, changeSchema, memberSchema } from './batch-schema.ts';
import { type ParsedRequest, readRequest, secretTexts } from './parse.ts';
import { type ArgumentFault, namedFaults, plainFaults } from './validate.ts';

/** The arguments of `update_users`, parsed. */
export interface BatchRequest {
  changes: { connection: Connection; request: ParsedRequest }[];
  reason?: string;
  dryRun: boolean;
  allOrNothing: boolean;
}

/** What the arguments are parsed by. */
export interface BatchParsing {
  tool: string;
  connections: readonly Connection[];
  allowSecretInput: boolean;
}

/**
 * Arguments → the changes of a batch. Throws one `invalid_input` that names every fault of every change with its path
 * (`changes[3].set.title: …`), and no value.
 */
export function parseBatch(parsing: BatchParsing, raw: unknown): BatchRequest {
  // Of a list that is too long, nothing else is said.
  const items = changesIn(raw, bounds.batchChanges + 1);
  const given = (items.length > bounds.batchChanges ? [] : items).map((item) => ({
    item,
    connection: connectionOf(item, parsing.connections),
  }));
  const echo = echoWithout(given.flatMap(({ item, connection }) => secretTexts(connection?.provider, item)));
  const reading: BatchReading = { ...parsing, echo, size: { bytes: 0 } };
  const top = readTop(raw, reading);
  const read = given.map((change) => readChange(change, reading));
  if (reading.size.bytes > bounds.argumentBytes) throw new AppError('invalid_input', TOO_LARGE);
  const faults = [
    ...(top.faults ?? []),
    ...read.flatMap((one, index) => one.faults?.map((fault) => () => placed(index, fault())) ?? []),
    ...repeatedRecords(given),
  ];
  if (!top.data || faults.length > 0) {
    throw new AppError('invalid_input', namedFaults(faults, bounds.listedBatchFaults).join('\n'));
  }
  const { reason, dry_run: dryRun = false, all_or_nothing: allOrNothing = false } = top.data;
  const shared = { dryRun, ...(reason !== undefined && { reason }) };
  const changes = read.flatMap(({ change }) => {
    return change ? [{ ...change, request: { ...change.request, ...shared } }] : [];
  });
  return { changes, allOrNothing, ...shared };
}

/** The changes as they were given, as many as a call may have; none if the arguments have no list of them. */
export function changesIn(raw: unknown, most: number = bounds.batchChanges): unknown[] {
  const changes = isObject(raw) ? raw['changes'] : undefined;
  return Array.isArray(changes) ? changes.slice(0, most) : [];
}

/** The connection that a change names; undefined if it is unclear which, or if there is none. */
export function connectionOf(item: unknown, connections: readonly Connection[]): Connection | undefined {
  if (!isObject(item)) return undefined;
  const { provider: id, connection: name } = item;
  const possible = connections.filter(({ provider }) => provider.id === id);
  if (name !== undefined && name !== null) return possible.find((one) => one.name === name);
  return possible.length === 1 ? possible[0] : undefined;
}

interface BatchReading extends BatchParsing {
  echo: Echo;
  /** Counts the bytes of all parts. */
  size: { bytes: number };
}

interface GivenChange {
  item: unknown;
  connection: Connection | undefined;
}

/** The arguments besides the changes. */
function readTop(raw: unknown, { echo, size }: BatchReading) {
  const unfit = shapeFaults(isObject(raw) ? { ...raw, changes: [] } : raw, echo, size);
  if (unfit.length > 0) return { faults: unfit.map(toFault) };
  const names = Object.keys(batchArguments.shape);
  const parsed = batchArguments.safeParse(withoutNulls(isObject(raw) ? raw : {}, names), { reportInput: false });
  return parsed.success ? { data: parsed.data } : { faults: plainFaults(parsed.error, names, echo) };
}

/** One change: held against the fields of its provider, or against what all have in common where that is unclear. */
function readChange(
  { item, connection }: GivenChange,
  { tool, connections, allowSecretInput, echo, size }: BatchReading,
): { change: BatchRequest['changes'][number]; faults?: never } | { change?: never; faults: ArgumentFault[] } {
  const unfit = shapeFaults(item, echo, size);
  if (unfit.length > 0 || !isObject(item)) return { faults: unfit.map(toFault) };
  if (!connection) return { faults: unclearConnection(item, connections, echo) };
  const { provider } = connection;
  const options = { allowSecretInput };
  const schema = memberSchema(provider, options);
  const { request, faults } = readRequest({ tool, provider, schema, options, echo }, item);
  return request ? { change: { connection, request } } : { faults };
}

function unclearConnection(item: JsonObject, connections: readonly Connection[], echo: Echo): ArgumentFault[] {
  const schema = changeSchema(connections);
  const names = Object.keys(schema.shape);
  const parsed = schema.safeParse(withoutNulls(item, names), { reportInput: false });
  const faults = parsed.success ? [] : plainFaults(parsed.error, names, echo);
  const isNamed = parsed.error?.issues.some(({ path: [name] }) => name === 'provider' || name === 'connection');
  if (isNamed) return faults;
  const own = connections.filter(({ provider }) => provider.id === item['provider']).map(({ name }) => name);
  return [() => `connection: expected one of ${own.map((name) => JSON.stringify(name)).join(', ')}`, ...faults];
}

/** The same user record twice, however its id is spelled. */
function repeatedRecords(given: readonly GivenChange[]): ArgumentFault[] {
  const first = new Map<string, number>();
  return given.flatMap(({ item, connection }, index) => {
    const id = isObject(item) ? item['user_id'] : undefined;
    if (!connection || typeof id !== 'string') return [];
    const key = JSON.stringify([connection.provider.id, connection.name, spelling(id)]);
    const earlier = first.get(key);
    if (earlier !== undefined) return [() => placed(index, `user_id: the same user record as changes[${earlier}]`)];
    first.set(key, index);
    return [];
  });
}

/** One spelling of an id: a UUID is the same in either case, a number with leading zeros. */
function spelling(id: string): string {
  if (/^\d+$/.test(id)) return id.replace(/^0+(?=\d)/, '');
  return /^[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/i.test(id) ? id.toLowerCase().replaceAll('-', '') : id;
}

function placed(index: number, fault: string): string {
  const place = `changes[${index}]`;
  return fault.startsWith('arguments: ') ? fault.replace('arguments', place) : `${place}.${fault}`;
}

function toFault(text: string): ArgumentFault {
  return () => text;
}
