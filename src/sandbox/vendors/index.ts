import { atlassian } from './atlassian/api.ts';
import { atomicwork } from './atomicwork/api.ts';
import { awork } from './awork/api.ts';
import { dayzero } from './dayzero/api.ts';
import { keycloak } from './keycloak/api.ts';
import { mediasilo } from './mediasilo/api.ts';
import { microsoftGraph } from './microsoft_graph/api.ts';
import { okta } from './okta/api.ts';
import { scim } from './scim/api.ts';
import { zendesk } from './zendesk/api.ts';

/** The registry: a new vendor is its folder and one line here. These have a built-in provider. */
export const vendors = [atomicwork, awork, atlassian, dayzero, mediasilo, scim] as const;

/** The provider of each of these is a preset, which a configuration has to name. */
export const presetVendors = [keycloak, microsoftGraph, okta, zendesk] as const;

export const allVendors = [...vendors, ...presetVendors] as const;

export type VendorId = (typeof allVendors)[number]['id'];
export type BuiltInVendorId = (typeof vendors)[number]['id'];

/** One value for each vendor, by its id. */
export function byVendor<T>(create: (id: VendorId) => T): Record<VendorId, T> {
  // Every id of the registry has an entry.
  return Object.fromEntries(allVendors.map(({ id }) => [id, create(id)])) as unknown as Record<VendorId, T>;
}
