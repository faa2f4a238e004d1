import { atlassian } from './atlassian/api.ts';
import { atomicwork } from './atomicwork/api.ts';
import { awork } from './awork/api.ts';
import { dayzero } from './dayzero/api.ts';
import { mediasilo } from './mediasilo/api.ts';

/** The registry: a new vendor is its folder and one line here. */
export const vendors = [atomicwork, awork, atlassian, dayzero, mediasilo] as const;

export type VendorId = (typeof vendors)[number]['id'];

/** One value for each vendor of the registry, by its id. */
export function byVendor<T>(create: (id: VendorId) => T): Record<VendorId, T> {
  // Every id of the registry has an entry.
  return Object.fromEntries(vendors.map(({ id }) => [id, create(id)])) as unknown as Record<VendorId, T>;
}
