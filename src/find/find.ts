import { setMaxListeners } from 'node:events';
import { AppError, type ErrorCode } from '../errors.ts';
import { type Deadline, isOver, msLeft, startDeadline } from '../lib/async/deadline.ts';
import { isObject, type Json, type JsonObject } from '../lib/json/json-value.ts';
import { type Lookup, type Provider } from '../providers/provider.ts';
import { labelOf } from '../update/plan/label.ts';
import type { Records } from '../update/ports.ts';
import { mask } from '../update/redact/mask.ts';
import type { Connection } from '../update/types.ts';
import { isEmail, scoreOf, waysFor } from './match.ts';
import { differencesOf } from './namesakes.ts';

/** One person at one connection, with what an update tool needs. The e-mail is masked. */
export interface FoundUser {
  provider: string;
  connection: string;
  user_id: string;
  label?: string;
  email?: string;
  status?: string;
  /** Of several people of one name: public fields that tell them apart. */
  differs?: Record<string, Json>;
}

/** What could not be searched, or not wholly, and why. */
export interface Gap {
  provider: string;
  connection: string;
  why: string;
  code?: ErrorCode;
}

export interface FindPorts {
  records: Pick<Records, 'read'>;
  lookup(connection: Connection, lookup: Lookup, query: string, page: number, within: Deadline): Promise<JsonObject[]>;
  /** How long one connection may take. */
  deadlineMs: number;
}

export interface Findings {
  users: FoundUser[];
  /** How many more match than `users` holds. */
  more: number;
  gaps: Gap[];
}

/** Looks one query up in every connection at once, each with a deadline of its own; no failure is everybody's. */
export async function find(
  connections: readonly Connection[],
  query: string,
  limit: number,
  ports: FindPorts,
  signal: AbortSignal,
): Promise<Findings> {
  // Every request of every connection listens to it, which Node takes for a leak.
  setMaxListeners(0, signal);
  const searched = await Promise.all(connections.map((connection) => search(connection, query, ports, signal)));
  const ranked = searched.flatMap(({ users }) => users).sort((a, b) => b.score - a.score);
  const gaps = searched.flatMap((found) => found.gaps);
  const users = ranked.slice(0, limit).map(({ user }) => user);
  return { users, more: ranked.length - users.length, gaps };
}

interface Searched {
  users: { user: FoundUser; score: number }[];
  gaps: Gap[];
}

async function search(connection: Connection, query: string, ports: FindPorts, signal: AbortSignal): Promise<Searched> {
  const { provider } = connection;
  const within = startDeadline(ports.deadlineMs, signal);
  const gaps: Gap[] = [];
  const gap = (why: string, code?: ErrorCode) => {
    const known = gaps.some((other) => other.why === why);
    if (!known) gaps.push({ provider: provider.id, connection: connection.name, why, ...(code && { code }) });
  };
  const ways = waysFor(query);
  const isId = ways.read && provider.userId.safeParse(query).success;
  const lookups = provider.find.filter((lookup) => ways.by.includes(lookup.by));
  const tasks = [
    ...(isId ? [readById(connection, query, ports, within)] : []),
    ...lookups.map((lookup) => runLookup(connection, lookup, query, ports, within, gap)),
  ];
  const results = await Promise.allSettled(tasks.map((task) => unless(within, task)));
  for (const result of results) if (result.status === 'rejected') gap(...reasonOf(result.reason, within));
  const records = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
  const users = rank(connection, query, records);
  if (users.length === 0 && gaps.length === 0) {
    const { says, ofEmail } = provider.findLimits ?? {};
    if (says !== undefined) gap(ofEmail !== undefined && isEmail(query) ? `${says} ${ofEmail}` : says);
    else if (tasks.length === 0) gap(`${provider.title} offers no way to look this kind of query up.`);
  }
  return { users, gaps };
}

async function readById(connection: Connection, id: string, ports: FindPorts, within: Deadline): Promise<JsonObject[]> {
  try {
    const current = await ports.records.read(connection, id, within);
    if (current.id !== undefined) return [current.record];
    throw new AppError(
      'upstream_unavailable',
      `${connection.provider.title} responded with something that is not a user.`,
    );
  } catch (error) {
    // A vendor whose ids look otherwise says that the request is wrong; it is only that nobody has such an id.
    if (error instanceof AppError && ['not_found', 'upstream_rejected'].includes(error.code)) return [];
    throw error;
  }
}

async function runLookup(
  connection: Connection,
  lookup: Lookup,
  query: string,
  ports: FindPorts,
  within: Deadline,
  gap: (why: string) => void,
): Promise<JsonObject[]> {
  if (!lookup.scan) return await ports.lookup(connection, lookup, query, 0, within);
  const { provider } = connection;
  let first = 0;
  let seen = 0;
  for (let page = 0; page < lookup.scan.maxPages; page++) {
    const records = await ports.lookup(connection, lookup, query, page, within);
    const found = records.filter((record) => scoreOf(provider, record, query) >= 3);
    if (found.length > 0) return found;
    if (page === 0) first = records.length;
    seen += records.length;
    // The vendor may cap the page size below what was asked for: the last page is the one shorter than the first.
    if (records.length === 0 || records.length < first) return [];
  }
  gap(`${provider.title} cannot filter by ${lookup.by}: only the first ${seen} users were looked through.`);
  return [];
}

function rank({ provider, name }: Connection, query: string, records: readonly JsonObject[]): Searched['users'] {
  const users = new Map<string, { user: FoundUser; score: number; record: JsonObject }>();
  for (const record of records) {
    const id = provider.ids.map((key) => record[key]).find((value) => value !== undefined && value !== null);
    const score = scoreOf(provider, record, query);
    if (id === undefined || isObject(id) || score === 0) continue;
    users.set(String(id), { user: toUser(provider, name, String(id), record), score, record });
  }
  return toldApart(provider, [...users.values()]);
}

/** People of one name, with what tells them apart. */
function toldApart(
  provider: Provider,
  found: readonly { user: FoundUser; score: number; record: JsonObject }[],
): Searched['users'] {
  const names = new Map<string, (typeof found)[number][]>();
  for (const one of found) {
    const label = one.user.label?.normalize('NFKC').toLowerCase() ?? '';
    const alike = names.get(label) ?? [];
    names.set(label, alike);
    alike.push(one);
  }
  const differs = new Map(
    [...names.values()]
      .filter((alike) => alike.length > 1)
      .flatMap((alike) => {
        const differences = differencesOf(
          provider,
          alike.map(({ record }) => record),
        );
        return alike.map(({ user }, at) => [user, differences[at] ?? {}] as const);
      }),
  );
  return found.map(({ user, score }) => {
    const own = differs.get(user) ?? {};
    return { user: Object.keys(own).length > 0 ? { ...user, differs: own } : user, score };
  });
}

function toUser(provider: Provider, connection: string, id: string, record: JsonObject): FoundUser {
  const label = labelOf(provider, record);
  const [email] = provider.emails(record);
  const status = provider.status(record);
  return {
    provider: provider.id,
    connection,
    user_id: id,
    ...(label !== undefined && { label }),
    ...(email !== undefined && { email: String(mask(email)) }),
    ...(status !== undefined && { status }),
  };
}

/** A lookup that does not keep to its deadline must not hold up the others. */
async function unless<T>(within: Deadline, task: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const stop = () => reject(new AppError('upstream_unavailable', 'Did not answer in time.'));
    timer = setTimeout(stop, msLeft(within));
  });
  return await Promise.race([task, late]).finally(() => clearTimeout(timer));
}

function reasonOf(error: unknown, within: Deadline): [string, ErrorCode] {
  if (isOver(within)) return ['Did not answer in time.', 'upstream_unavailable'];
  if (error instanceof AppError) return [error.message, error.code];
  return ['Could not be searched; the operator’s log says why.', 'internal'];
}
