import { Rejection } from '../../../define-vendor.ts';
import { isObject, type JsonRecord, toJson } from '../../../json.ts';
import { refuse, scimError } from '../errors.ts';
import type { ServiceRules } from './dialect.ts';

const NAME = ['formatted', 'familyName', 'givenName', 'middleName'];
const ROLES = ['user', 'guest_collaborator', 'enterprise_owner', 'billing_manager'];

/**
 * GitHub, enterprises with managed users:
 * https://docs.github.com/en/enterprise-cloud@latest/rest/enterprise-admin/scim
 */
export const github: ServiceRules = {
  options: {
    // The page lists Users and Groups alone.
    discovery: 404,
    filters: ['userName', 'externalId', 'id', 'displayName'],
    // "Complex SCIM path selectors that include filters are not supported" and "will be ineffective".
    valuePaths: 'ineffective',
  },
  writable: [
    ...['userName', 'externalId', 'active', 'displayName'],
    ...NAME.map((part) => `name.${part}`),
    ...['value', 'type', 'primary'].map((part) => `emails.${part}`),
    ...['value', 'type', 'primary', 'display'].map((part) => `roles.${part}`),
  ],
  /** https://docs.github.com/en/enterprise-cloud@latest/admin/managing-iam/provisioning-user-accounts-with-scim/provisioning-users-and-groups-with-scim-using-the-rest-api */
  checkRequest({ headers }) {
    if (!headers['user-agent']) throw new Rejection(scimError(403, 'Requests need a User-Agent header'));
  },
  checkBody(body) {
    for (const name of ['externalId', 'active', 'userName', 'displayName', 'emails']) {
      if (body[name] === undefined) refuse('invalidSyntax', `'${name}' is required`);
    }
  },
  checkUser(user, stored) {
    for (const part of ['value', 'type', 'primary']) {
      if (entriesOf(user, 'emails').some((entry) => entry[part] === undefined)) {
        refuse('invalidValue', `An e-mail lacks '${part}'`);
      }
    }
    const { name } = user;
    if (isObject(name) && (name['familyName'] === undefined || name['givenName'] === undefined)) {
      refuse('invalidValue', 'familyName and givenName are required in a name');
    }
    if (toJson(user['roles'] ?? null) === toJson(stored['roles'] ?? null)) return;
    const role = entriesOf(user, 'roles').find(({ value }) => !ROLES.includes(String(value)));
    if (role) refuse('invalidValue', `'${String(role['value'])}' is not a role`);
  },
};

function entriesOf(user: JsonRecord, name: string): JsonRecord[] {
  const list = user[name];
  return Array.isArray(list) ? list.filter(isObject) : [];
}
