import type { VendorRequest } from '../../define-vendor.ts';
import { isObject, type JsonRecord } from '../../json.ts';
import type { Vendor } from '../../types.ts';
import { badRequest } from './errors.ts';
import { DEFAULT_PROPERTIES, PROPERTIES } from './properties.ts';

/** The names in `$select`, or the default properties. https://learn.microsoft.com/en-us/graph/query-parameters */
export function selected(request: VendorRequest): string[] {
  const names = request.query
    .get('$select')
    ?.split(',')
    .map((name) => name.trim());
  if (names === undefined) return DEFAULT_PROPERTIES;
  // Extensions, and attributes that no document names, can be selected too.
  const unknown = names.find((name) => !PROPERTIES.includes(name) && !/^ext\w+_\w+$|^authorizationInfo$/.test(name));
  if (unknown !== undefined) {
    badRequest(
      `Parsing OData Select and Expand failed: Could not find a property named '${unknown}' on type 'microsoft.graph.user'.`,
      'BadRequest',
    );
  }
  return names;
}

/** A user with these properties; one without a value is null. A password is never shown. */
export function shown(user: JsonRecord, names: readonly string[]): JsonRecord {
  return Object.fromEntries(
    names.map((name) => {
      const value = user[name] ?? null;
      return [name, name === 'passwordProfile' && isObject(value) ? { ...value, password: null } : value];
    }),
  );
}

/** A user by id or by user principal name, with the id that counts. */
export function findUser(vendor: Vendor, idOrName: string): [id: string, user: JsonRecord] | undefined {
  const sought = idOrName.toLowerCase();
  return [...vendor.users].find(
    ([id, user]) => id === sought || String(user['userPrincipalName']).toLowerCase() === sought,
  );
}
