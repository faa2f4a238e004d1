import { isSameText } from '../../checks.ts';
import { bodyObject, commit, Rejection, type VendorRequest } from '../../define-vendor.ts';
import { isObject, type JsonRecord, type JsonValue } from '../../json.ts';
import type { Vendor } from '../../types.ts';
import { badRequest, graphError, invalidValue, taken } from './errors.ts';
import { NOT_FOR_APPS, OF_THE_CLOUD, READ_ONLY, SENSITIVE, WRITABLE } from './properties.ts';

/** Switches of what the app may do. */
export interface RightsOptions {
  /** Ids of users with administrator roles, of whom this app may not change sensitive properties. */
  administrators: string[];
}

const VERIFIED_DOMAINS = ['acme.example', 'acme.onmicrosoft.com'];

/** Merges property by property; a complex one is replaced whole. Throws rejections in the vendor's words. */
export function updateUser(
  request: VendorRequest,
  vendor: Vendor<RightsOptions>,
  id: string,
  stored: JsonRecord,
): JsonRecord {
  const body = bodyObject(request, () =>
    graphError(400, 'Empty Payload. JSON content expected.', { code: 'BadRequest' }),
  );
  const sent = Object.fromEntries(Object.entries(body).filter(([name]) => !name.startsWith('@odata.')));
  for (const [name, value] of Object.entries(sent)) checkProperty(name, value);
  checkUser(vendor, id, stored, Object.keys(sent));
  checkNames(vendor, id, sent);
  return commit(vendor, id, {
    ...stored,
    ...sent,
    ...organizationOf(sent),
    ...extensionsOf(sent),
    ...passwordOf(stored, sent),
    ...addressesOf(stored, sent),
  });
}

function checkProperty(name: string, value: JsonValue): void {
  if (READ_ONLY.includes(name)) badRequest(`Property '${name}' is read-only and cannot be set.`);
  if (NOT_FOR_APPS.includes(name)) throw denied();
  // A navigation property, such as `manager`, is changed by its own call.
  if (!Object.hasOwn(WRITABLE, name)) {
    badRequest(`Property '${name}' does not exist as a declared property or extension property.`);
  }
  if (!WRITABLE[name]?.(value)) invalidValue(name);
}

function checkUser(vendor: Vendor<RightsOptions>, id: string, stored: JsonRecord, names: readonly string[]): void {
  const isAdministrator = vendor.options.administrators?.includes(id) ?? false;
  if (isAdministrator && names.some((name) => SENSITIVE.includes(name))) throw denied();
  if (stored['onPremisesSyncEnabled'] !== true || names.every((name) => OF_THE_CLOUD.includes(name))) return;
  badRequest(
    'Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.',
  );
}

function checkNames(vendor: Vendor, id: string, { userPrincipalName: name, mail }: JsonRecord): void {
  const others = [...vendor.users].filter(([other]) => other !== id).map(([, user]) => user);
  if (name !== undefined) {
    if (!VERIFIED_DOMAINS.includes(String(name).split('@')[1]?.toLowerCase() ?? '')) {
      badRequest(
        'The domain portion of the userPrincipalName property is invalid. Use one of the verified domain names.',
      );
    }
    if (others.some((user) => isSameText(user['userPrincipalName'], name))) taken('userPrincipalName');
  }
  const address = `smtp:${String(mail)}`;
  if (others.some((user) => addressList(user).some((other) => isSameText(other, address)))) taken('proxyAddresses');
}

/** What is left out of `employeeOrgData` becomes null. */
function organizationOf({ employeeOrgData: sent }: JsonRecord): JsonRecord {
  return isObject(sent) ? { employeeOrgData: { division: null, costCenter: null, ...sent } } : {};
}

/** Whether these are merged is not documented, so the sandbox replaces them, the worse case. */
function extensionsOf({ onPremisesExtensionAttributes: sent }: JsonRecord): JsonRecord {
  if (!isObject(sent)) return {};
  const all = Array.from({ length: 15 }, (_, index) => [`extensionAttribute${index + 1}`, null] as const);
  return { onPremisesExtensionAttributes: { ...Object.fromEntries(all), ...sent } };
}

/** A new password has to be changed at the next sign-in, unless the call says that it has not. */
function passwordOf(stored: JsonRecord, { passwordProfile: sent }: JsonRecord): JsonRecord {
  if (!isObject(sent)) return {};
  const before = isObject(stored['passwordProfile']) ? stored['passwordProfile'] : {};
  const force = sent['password'] === undefined ? {} : { forceChangePasswordNextSignIn: true };
  return { passwordProfile: { ...before, ...force, ...sent } };
}

/** A new `mail` becomes the first address, and the old one stays as another. */
function addressesOf(stored: JsonRecord, { mail }: JsonRecord): JsonRecord {
  if (mail === undefined || mail === stored['mail']) return {};
  const others = addressList(stored).filter((address) => !isSameText(address, `smtp:${String(mail)}`));
  const demoted = others.map((address) => address.replace(/^SMTP:/, 'smtp:'));
  return { proxyAddresses: [`SMTP:${String(mail)}`, ...demoted] };
}

function addressList(user: JsonRecord): string[] {
  return Array.isArray(user['proxyAddresses']) ? user['proxyAddresses'].map(String) : [];
}

function denied(): Rejection {
  return new Rejection(graphError(403, 'Insufficient privileges to complete the operation.'));
}
