import { AppError } from '../errors.ts';
import { startDeadline } from '../lib/async/deadline.ts';
import { lazy } from '../lib/async/lazy.ts';
import { isObject, type JsonObject } from '../lib/json/json-value.ts';
import type { Lookup } from '../providers/calls.ts';
import { emailsOf } from '../providers/interpret/person.ts';
import type { Connection } from '../update/types.ts';
import type { FindPorts } from './find.ts';

/** Who has an e-mail address at one connection. */
export type EmailFinding =
  | { kind: 'found'; userId: string }
  /** `why`: the vendor cannot search all addresses. */
  | { kind: 'unknown'; why?: string }
  | { kind: 'ambiguous'; userIds: readonly string[] };

/** Looks up the one user record with an address. Throws an AppError if the vendor cannot be asked. */
export type FindByEmail = (email: string) => Promise<EmailFinding>;

/** Pages of one scan at most: it serves all look-ups, so it may take longer than that of a single one. */
const MAX_PAGES = 1000;

/**
 * Look-ups of many addresses at one connection: one read for each, or, where the vendor has no filter, one scan for all of
 * them. Only a user record that shows exactly this address counts; case does not matter.
 */
export function createFindByEmail(
  connection: Connection,
  { lookup: read, deadlineMs }: FindPorts,
  signal?: AbortSignal,
): FindByEmail {
  const { provider } = connection;
  const within = () => startDeadline(deadlineMs, signal);
  const by = (kind: Lookup['by']) => provider.find.filter((lookup) => lookup.by === kind);
  const [scan] = by('email').filter((lookup) => lookup.scan);
  const lookups = by('email').length > 0 ? by('email') : by('username');

  const index = lazy(async () => {
    if (!scan) throw new Error('nothing to scan');
    const users = new Map<string, Set<string>>();
    const add = (record: JsonObject) => {
      for (const email of emailsOf(provider, record)) {
        const key = plain(email);
        users.set(key, (users.get(key) ?? new Set()).add(idOf(connection, record)));
      }
    };
    let page = await read(connection, scan, '', within());
    const seen = new Set<string>();
    for (let pages = 1; ; pages++) {
      const before = seen.size;
      for (const record of page.users) seen.add(idOf(connection, record));
      page.users.forEach(add);
      if (page.next === undefined) return { users, isWhole: true };
      const isRepeated = page.users.length > 0 && seen.size === before;
      if (page.next === 'elsewhere' || isRepeated || pages === MAX_PAGES) return { users, isWhole: false };
      page = await read(connection, scan, '', within(), page.next);
    }
  });

  return async (email) => {
    if (scan) {
      const { users, isWhole } = await index();
      const found = finding([...(users.get(plain(email)) ?? [])]);
      return found.kind === 'unknown' && !isWhole
        ? { ...found, why: `Not all users of ${provider.title} could be read.` }
        : found;
    }
    if (lookups.length === 0) {
      throw new AppError('invalid_input', `${provider.title} offers no lookup by e-mail address. Use the ids.`);
    }
    const pages = await Promise.all(lookups.map((lookup) => read(connection, lookup, email, within())));
    const fits = (record: JsonObject) => emailsOf(provider, record).some((one) => plain(one) === plain(email));
    const ids = pages.flatMap(({ users }) => users.filter(fits).map((record) => idOf(connection, record)));
    const found = finding([...new Set(ids)]);
    const why =
      provider.findLimits && [provider.findLimits.says, provider.findLimits.ofEmail].filter(Boolean).join(' ');
    return found.kind === 'unknown' && why !== undefined ? { ...found, why } : found;
  };
}

function finding(ids: readonly string[]): EmailFinding {
  const [userId] = ids;
  if (userId === undefined) return { kind: 'unknown' };
  return ids.length === 1 ? { kind: 'found', userId } : { kind: 'ambiguous', userIds: ids };
}

function idOf({ provider }: Connection, record: JsonObject): string {
  const id = provider.ids.map((key) => record[key]).find((value) => value !== undefined && value !== null);
  if (id === undefined || isObject(id)) {
    throw new AppError('upstream_unavailable', `${provider.title} responded with a user without an id.`);
  }
  return String(id);
}

function plain(email: string): string {
  return email.normalize('NFKC').toLowerCase().trim();
}
