import type { Deadline } from '../deadline.ts';
import { AppError } from '../errors.ts';
import { isObject, type JsonObject, type Lookup } from '../providers/provider.ts';
import type { Connection } from '../update/types.ts';
import { get, UpstreamFailure, type UpstreamLimits } from './client.ts';
import { unwrap } from './records.ts';

/** Runs one lookup of a provider's definition: one page of records, or the page-th page of a scan. */
export type Lookups = (
  connection: Connection,
  lookup: Lookup,
  query: string,
  page: number,
  within: Deadline,
) => Promise<JsonObject[]>;

/** A single record that is not there is an empty page; every other failure is thrown as an AppError. */
export function createLookups(limits: UpstreamLimits): Lookups {
  return async (connection, lookup, query, page, within) => {
    const path = lookup.path(query, page, connection.settings);
    try {
      const { body, malformed } = await get(connection, { path, within }, limits);
      if (malformed) {
        throw new AppError(
          'upstream_unavailable',
          `${connection.provider.title} answered with something that is not JSON.`,
        );
      }
      if (body === undefined) return [];
      const records = lookup.list ? lookup.list(body) : [unwrap(body)];
      return records.filter(isObject);
    } catch (error) {
      if (!(error instanceof UpstreamFailure)) throw error;
      if (error.error.code === 'not_found' && !lookup.list) return [];
      throw error.error;
    }
  };
}
