import { bodyObject, commit, type VendorRequest, type VendorResponse } from '../../define-vendor.ts';
import type { JsonRecord } from '../../json.ts';
import type { Vendor } from '../../types.ts';
import { badRequest, graphError } from './errors.ts';
import { findUser, selected, shown } from './read.ts';

/** https://learn.microsoft.com/en-us/graph/api/user-list-manager */
export function readManager(request: VendorRequest, vendor: Vendor, user: JsonRecord): VendorResponse {
  const manager = findUser(vendor, String(user['manager'] ?? ''));
  if (!manager) {
    const text = "Resource 'manager' does not exist or one of its queried reference-property objects are not present.";
    return graphError(404, text);
  }
  return { status: 200, body: shown(manager[1], selected(request)) };
}

/** The manager is a reference, not a property; https://learn.microsoft.com/en-us/graph/api/user-post-manager */
export function assignManager(request: VendorRequest, vendor: Vendor, id: string, user: JsonRecord): VendorResponse {
  const body = bodyObject(request, () => graphError(400, 'A reference is expected.', { code: 'BadRequest' }));
  const manager = findUser(vendor, String(body['@odata.id']).split('/').at(-1) ?? '');
  if (!manager) badRequest('The reference is not valid.');
  commit(vendor, id, { ...user, manager: manager[0] });
  return { status: 204 };
}
