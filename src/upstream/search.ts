import { AppError } from '../errors.ts';
import type { Deadline } from '../lib/async/deadline.ts';
import { isObject, type Json, type JsonObject } from '../lib/json/json-value.ts';
import { type Lookup, type Provider } from '../providers/provider.ts';
import type { Connection } from '../update/types.ts';
import { get, UpstreamFailure, type UpstreamLimits } from './client.ts';
import { withKnownNames } from './names.ts';

/** Runs one lookup of a provider's definition: one page of records, or the page-th page of a scan. */
export type Lookups = (
  connection: Connection,
  lookup: Lookup,
  query: string,
  page: number,
  within: Deadline,
) => Promise<JsonObject[]>;

/**
 * A 404 says that nobody is found this way, unless the vendor's documents give it another meaning; every other failure,
 * an answer nobody can read among them, is thrown as an AppError.
 */
export function createLookups(limits: UpstreamLimits): Lookups {
  return async (connection, lookup, query, page, within) => {
    const { provider } = connection;
    const path = lookup.path(query, page, connection.settings);
    try {
      const { status, body = null, malformed } = await get(connection, { path, within }, limits);
      if (malformed) throw unreadable(provider, 'not JSON');
      const found = lookup.list(body)?.map((one) => (isObject(one) ? withKnownNames(provider, one) : one));
      return status === 204 ? [] : usersIn(provider, found);
    } catch (error) {
      if (!(error instanceof UpstreamFailure)) throw error;
      if (error.error.code === 'not_found' && provider.statusHints?.[404] === undefined) return [];
      throw error.error;
    }
  };
}

/** "Nobody" must not be said of what was not understood: a list counts when anything in it carries an id. */
function usersIn(provider: Provider, found: Json[] | undefined): JsonObject[] {
  const users = found?.filter(isObject).filter((record) => provider.ids.some((key) => Object.hasOwn(record, key)));
  if (users === undefined || (users.length === 0 && found?.length !== 0)) {
    throw unreadable(provider, 'not a list of users');
  }
  return users;
}

function unreadable({ title }: Provider, what: string): AppError {
  return new AppError('upstream_unavailable', `${title} answered with something that is ${what}.`);
}
