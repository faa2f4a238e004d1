import { AppError } from '../errors.ts';
import type { Deadline } from '../lib/async/deadline.ts';
import { isObject, type Json, type JsonObject } from '../lib/json/json-value.ts';
import type { Lookup } from '../providers/calls.ts';
import { recordsIn } from '../providers/interpret/lists.ts';
import { FIRST_PAGE, lookupPath } from '../providers/interpret/lookup.ts';
import type { Provider } from '../providers/provider.ts';
import type { Connection } from '../update/types.ts';
import { get } from './client.ts';
import { endpointOf, lowerCased } from './endpoint.ts';
import { UpstreamFailure } from './errors.ts';
import { type NextPage, nextPageOf } from './paging.ts';
import type { UpstreamLimits } from './types.ts';
import { asUserRecord } from './user-record.ts';

/** User records on one page of a lookup, and the page after it: undefined after the last one. */
export interface LookupPage {
  users: JsonObject[];
  next?: NextPage | 'elsewhere' | undefined;
}

/** Reads one page of a lookup of a provider, the first if none is named. */
export type RunLookup = (
  connection: Connection,
  lookup: Lookup,
  query: string,
  within: Deadline,
  page?: NextPage,
) => Promise<LookupPage>;

/**
 * A 404 means that no user was found, unless the vendor's documents give it another meaning. Any other failure, such as a
 * response that cannot be understood, is thrown as an AppError.
 */
export function createRunLookup(limits: UpstreamLimits): RunLookup {
  return async (connection, lookup, query, within, page) => {
    const { provider } = connection;
    try {
      const position = page ?? FIRST_PAGE;
      const path = page?.path ?? lookupPath(lookup, query, position, connection.settings);
      const headers = lowerCased(lookup.headers ?? {});
      const response = await get(connection, { path, headers, within }, limits);
      if (response.status === 204) return { users: [] };
      if (response.malformed) throw unreadable(provider, 'not JSON');
      const found = recordsIn(provider, lookup, response.body ?? null);
      const users = usersIn(provider, found);
      const read = { path, position, count: found?.length ?? 0, response };
      return { users, next: nextPageOf(provider, endpointOf(connection), lookup, read) };
    } catch (error) {
      // No user has an id that cannot be part of a path.
      if (error instanceof AppError && error.code === 'invalid_input') return { users: [] };
      if (!(error instanceof UpstreamFailure)) throw error;
      if (error.error.code === 'not_found' && provider.statusHints?.[404] === undefined) return { users: [] };
      throw error.error;
    }
  };
}

/** Only an empty list, or one with ids in it, is understood: anything else must not be reported as "no user found". */
function usersIn(provider: Provider, found: Json[] | undefined): JsonObject[] {
  const records = found?.filter(isObject).map((one) => asUserRecord(provider, one));
  const users = records?.filter((record) => provider.ids.some((key) => Object.hasOwn(record, key)));
  if (users === undefined || (users.length === 0 && found?.length !== 0)) {
    throw unreadable(provider, 'not a list of users');
  }
  return users;
}

function unreadable({ title }: Provider, what: string): AppError {
  return new AppError('upstream_unavailable', `${title} responded with something that is ${what}.`);
}
