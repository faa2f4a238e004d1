import { isEmail } from '../../../checks.ts';
import { refuse } from '../errors.ts';
import { touchedBy } from '../touched.ts';
import type { ServiceRules } from './dialect.ts';

const ADDRESS = ['formatted', 'streetAddress', 'locality', 'region', 'postalCode', 'country', 'type', 'primary'];
const ENTERPRISE = ['employeeNumber', 'costCenter', 'organization', 'division', 'department', 'manager.value'];

/** Asana: https://developers.asana.com/docs/scim */
export const asana: ServiceRules = {
  options: { filters: ['userName'], objectStyle: true },
  writable: [
    ...['userName', 'active', 'title', 'preferredLanguage', 'userType'],
    ...['formatted', 'familyName', 'givenName'].map((part) => `name.${part}`),
    ...['value', 'type', 'primary'].flatMap((part) => [`emails.${part}`, `phoneNumbers.${part}`]),
    ...ADDRESS.map((part) => `addresses.${part}`),
    ...ENTERPRISE.map((name) => `enterprise.${name}`),
  ],
  checkOperations(operations) {
    // "Add / update attributes": only PUT removes.
    if (operations.some(({ op }) => op === 'remove')) refuse('invalidSyntax', 'remove is not supported by PATCH');
    const name = touchedBy(operations).find((path) => ['name.givenName', 'name.familyName'].includes(path));
    if (name !== undefined) refuse('invalidPath', `'${name}' is unsupported for PATCH, use name.formatted`);
  },
  checkUser({ userName }) {
    if (!isEmail(userName)) refuse('invalidValue', 'userName must be an e-mail address');
  },
};
