import { AppError } from '../errors.ts';
import type { Deadline } from '../lib/async/deadline.ts';
import { isObject, type Json, type JsonObject } from '../lib/json/json-value.ts';
import type { Lookup } from '../providers/calls.ts';
import { recordsIn } from '../providers/interpret/lists.ts';
import { lookupPath } from '../providers/interpret/lookup.ts';
import type { Provider } from '../providers/provider.ts';
import type { Connection } from '../update/types.ts';
import { get } from './client.ts';
import { UpstreamFailure } from './errors.ts';
import type { UpstreamLimits } from './types.ts';
import { asUserRecord } from './user-record.ts';

/** Runs one lookup of a provider: returns the user records it finds, or those on one page of a scan. */
export type RunLookup = (
  connection: Connection,
  lookup: Lookup,
  query: string,
  page: number,
  within: Deadline,
) => Promise<JsonObject[]>;

/**
 * A 404 means that no user was found, unless the vendor's documents give it another meaning. Any other failure, such as a
 * response that cannot be understood, is thrown as an AppError.
 */
export function createRunLookup(limits: UpstreamLimits): RunLookup {
  return async (connection, lookup, query, page, within) => {
    const { provider } = connection;
    const path = lookupPath(lookup, query, page, connection.settings);
    try {
      const { status, body = null, malformed } = await get(connection, { path, within }, limits);
      if (malformed) throw unreadable(provider, 'not JSON');
      const found = recordsIn(provider, lookup, body)?.map((one) =>
        isObject(one) ? asUserRecord(provider, one) : one,
      );
      return status === 204 ? [] : usersIn(provider, found);
    } catch (error) {
      if (!(error instanceof UpstreamFailure)) throw error;
      if (error.error.code === 'not_found' && provider.statusHints?.[404] === undefined) return [];
      throw error.error;
    }
  };
}

/** Only an empty list, or one with ids in it, is understood: anything else must not be reported as "no user found". */
function usersIn(provider: Provider, found: Json[] | undefined): JsonObject[] {
  const users = found?.filter(isObject).filter((record) => provider.ids.some((key) => Object.hasOwn(record, key)));
  if (users === undefined || (users.length === 0 && found?.length !== 0)) {
    throw unreadable(provider, 'not a list of users');
  }
  return users;
}

function unreadable({ title }: Provider, what: string): AppError {
  return new AppError('upstream_unavailable', `${title} responded with something that is ${what}.`);
}
