import type { JsonRecord } from '../../json.ts';
import type { Vendor } from '../../types.ts';

interface IndexedWrite {
  before: JsonRecord;
  after: JsonRecord;
  at: number;
}

const latest = new WeakMap<Vendor, Map<string, IndexedWrite>>();

/** Remembers a write, so that searches can go on showing the record from before it. */
export function remember(vendor: Vendor, id: string, before: JsonRecord, after: JsonRecord): void {
  const writes = latest.get(vendor) ?? new Map<string, IndexedWrite>();
  latest.set(vendor, writes.set(id, { before, after, at: Date.now() }));
}

/**
 * The users as the search index has them: it lags behind writes ("results are sourced from an eventually consistent
 * datasource": https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/).
 */
export function indexed(vendor: Vendor, lagMs: number): JsonRecord[] {
  const writes = latest.get(vendor);
  return [...vendor.users].map(([id, user]) => {
    const last = writes?.get(id);
    // Another object: the record was reset since, or changed in another way.
    const isStale = last !== undefined && last.after === user && Date.now() - last.at < lagMs;
    return isStale ? last.before : user;
  });
}
