import { allVendors } from './vendors/index.ts';

type Credentials = { [Vendor in (typeof allVendors)[number] as Vendor['id']]: Vendor['credentials'] };

/**
 * The only credentials the sandbox accepts, by vendor. Most contain `+`, `/` or `=`, so that their URL-encoded form
 * differs from the plain one and tests can detect a leak of either.
 */
// Each id of the registry has the credentials of its own vendor.
export const credentials = Object.fromEntries(
  allVendors.map((vendor) => [vendor.id, vendor.credentials]),
) as Credentials;

/** The environment that connects update-user-mcp to a sandbox at this URL. */
export function toEnv(url: string): Record<string, string> {
  return Object.assign({}, ...allVendors.map(({ id, env }) => env(`${url}/${id}`)));
}
