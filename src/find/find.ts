import { setMaxListeners } from 'node:events';
import { AppError, type ErrorCode } from '../errors.ts';
import { type Deadline, isOver, msLeft, startDeadline } from '../lib/async/deadline.ts';
import type { JsonObject } from '../lib/json/json-value.ts';
import type { Records } from '../update/ports.ts';
import type { Connection } from '../update/types.ts';
import type { RunLookup } from '../upstream/search.ts';
import { isEmail, strategyFor } from './match.ts';
import { type FoundUser, type RankedUser, rankUsers } from './rank.ts';
import { runLookup } from './run-lookup.ts';

/** A connection that could not be searched, or only in part, and why. */
export interface Gap {
  provider: string;
  connection: string;
  why: string;
  code?: ErrorCode;
}

export interface FindPorts {
  records: Pick<Records, 'read'>;
  lookup: RunLookup;
  /** For each connection. */
  deadlineMs: number;
}

export interface Findings {
  users: FoundUser[];
  /** How many users match beyond those in `users`. */
  more: number;
  gaps: Gap[];
}

/** Searches all connections at once. Each has its own deadline, and a failure of one does not affect the others. */
export async function find(
  connections: readonly Connection[],
  query: string,
  limit: number,
  ports: FindPorts,
  signal: AbortSignal,
): Promise<Findings> {
  // Every request listens to the signal; Node would warn of a leak.
  setMaxListeners(0, signal);
  const searched = await Promise.all(connections.map((connection) => search(connection, query, ports, signal)));
  const ranked = searched.flatMap(({ users }) => users).sort((a, b) => b.score - a.score);
  const gaps = searched.flatMap((found) => found.gaps);
  const users = ranked.slice(0, limit).map(({ user }) => user);
  return { users, more: ranked.length - users.length, gaps };
}

interface ConnectionFindings {
  users: RankedUser[];
  gaps: Gap[];
}

async function search(
  connection: Connection,
  query: string,
  ports: FindPorts,
  signal: AbortSignal,
): Promise<ConnectionFindings> {
  const { provider } = connection;
  const within = startDeadline(ports.deadlineMs, signal);
  const gaps: Gap[] = [];
  const addGap = (why: string, code?: ErrorCode) => {
    const known = gaps.some((other) => other.why === why);
    if (!known) gaps.push({ provider: provider.id, connection: connection.name, why, ...(code && { code }) });
  };
  const strategy = strategyFor(query);
  const isId = strategy.read && provider.userId.safeParse(query).success;
  const lookups = provider.find.filter((lookup) => strategy.by.includes(lookup.by));
  const tasks = [
    ...(isId ? [readById(connection, query, ports, within)] : []),
    ...lookups.map((lookup) => runLookup(connection, lookup, query, ports.lookup, within, addGap)),
  ];
  const results = await Promise.allSettled(tasks.map((task) => beforeDeadline(within, task)));
  for (const result of results) if (result.status === 'rejected') addGap(...reasonOf(result.reason, within));
  const records = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
  const users = rankUsers(connection, query, records);
  if (users.length === 0 && gaps.length === 0) {
    const { says, ofEmail } = provider.findLimits ?? {};
    if (says !== undefined) addGap(ofEmail !== undefined && isEmail(query) ? `${says} ${ofEmail}` : says);
    else if (tasks.length === 0) addGap(`${provider.title} offers no lookup for this kind of query.`);
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
    // A vendor may reject an id of another form as a bad request: it only means that no user has this id.
    if (error instanceof AppError && ['not_found', 'upstream_rejected'].includes(error.code)) return [];
    throw error;
  }
}

/** Rejects at the deadline, so that a lookup that ignores it does not delay the others. */
async function beforeDeadline<T>(within: Deadline, task: Promise<T>): Promise<T> {
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
