import { isObject, type JsonRecord, type JsonValue, omit } from '../../../json.ts';
import { refuse } from '../errors.ts';
import type { Filter } from '../filter.ts';
import type { Operation } from '../patch/operations.ts';
import { ENTERPRISE } from '../schemas.ts';
import type { ServiceRules } from './dialect.ts';

const ADDRESS = ['streetAddress', 'locality', 'region', 'postalCode', 'country'];
const ENTERPRISE_NAMES = ['employeeNumber', 'costCenter', 'organization', 'division', 'department'];
/** How many values of a list are stored. */
const STORED: Readonly<Record<string, number>> = { emails: 2, phoneNumbers: 2, addresses: 1, roles: 1 };
/** Shown as null where a user has none. */
const NULLED = ['userType', 'preferredLanguage', 'locale'];

/** Slack, SCIM 2.0: https://docs.slack.dev/reference/scim-api */
export const slack: ServiceRules = {
  // The page describes filters for version 1.1 only.
  options: { filters: [] },
  writable: [
    ...[
      'userName',
      'nickName',
      'displayName',
      'title',
      'userType',
      'preferredLanguage',
      'locale',
      'timezone',
      'active',
    ],
    ...['familyName', 'givenName', 'honorificPrefix'].map((part) => `name.${part}`),
    ...['value', 'type', 'primary'].flatMap((part) => [`emails.${part}`, `phoneNumbers.${part}`]),
    ...[...ADDRESS, 'primary'].map((part) => `addresses.${part}`),
    ...['roles.value', 'roles.primary'],
    ...ENTERPRISE_NAMES.map((name) => `enterprise.${name}`),
    // Under another name, see `show`; the standard one is refused.
    'enterprise.manager.managerId',
  ],
  checkOperations(operations, stored) {
    for (const { op, target } of operations) {
      const { attribute, filter, part } = target ?? {};
      if (filter && !isNamedPlainly(filter)) refuse('invalidPath', 'invalid_query');
      if (attribute?.name !== 'emails' || op !== 'remove' || part) continue;
      if (filter && primaryOf(stored) === comparedTo(filter)) refuse('invalidValue', 'missing_primary_email');
    }
  },
  checkUser(user) {
    for (const [name, most] of Object.entries(STORED)) {
      const list = user[name];
      if (Array.isArray(list) && list.length > most) refuse('invalidValue', `${name}_invalid`);
    }
    if (primaryOf(user) === undefined) refuse('invalidValue', 'missing_primary_email');
  },
  adjust: (user, stored, operations) => coupled(withPrimary(user, stored, operations), stored),
  show(user) {
    const { emails, name, addresses, externalId } = user;
    const extension = isObject(user[ENTERPRISE]) ? user[ENTERPRISE] : {};
    return {
      ...user,
      ...Object.fromEntries(NULLED.map((key) => [key, user[key] ?? null])),
      externalId: externalId ?? '',
      title: user['title'] ?? '',
      ...(isObject(name) && { name: { honorificPrefix: null, ...name } }),
      emails: entriesIn(emails).map((entry) => omit(entry, ['type'])),
      ...(addresses !== undefined && {
        addresses: entriesIn(addresses).map((entry) => omit(entry, ['type', 'primary'])),
      }),
      [ENTERPRISE]: {
        ...Object.fromEntries(ENTERPRISE_NAMES.map((key) => [key, extension[key] ?? null])),
        manager: { managerId: null },
      },
    };
  },
  /** `status` is a number, and the detail is a word. */
  error: (body) => ({ ...omit(body, ['scimType']), status: Number(body['status']) }),
};

/** The page names entries by their value, or by `primary`. */
function isNamedPlainly(filter: Filter): boolean {
  return filter.kind === 'compare' && filter.operator === 'eq' && ['value', 'primary'].includes(filter.path.join('.'));
}

function comparedTo(filter: Filter): JsonValue | undefined {
  return filter.kind === 'compare' ? filter.value : undefined;
}

function primaryOf(user: JsonRecord): JsonValue | undefined {
  return entriesIn(user['emails']).find(({ primary }) => primary === true)?.['value'];
}

/** Removing all e-mails removes the secondary one only. */
function withPrimary(user: JsonRecord, stored: JsonRecord, operations: readonly Operation[] | undefined): JsonRecord {
  const removesAll = operations?.some(({ op, path }) => op === 'remove' && path === 'emails');
  return removesAll ? { ...user, emails: entriesIn(stored['emails']).filter(({ primary }) => primary === true) } : user;
}

/** "Updates to the userName attribute will also update the nickName attribute and vice versa." */
function coupled(user: JsonRecord, stored: JsonRecord): JsonRecord {
  if (user['userName'] !== stored['userName']) return { ...user, nickName: user['userName'] ?? null };
  if (user['nickName'] !== stored['nickName']) return { ...user, userName: user['nickName'] ?? null };
  return user;
}

function entriesIn(value: JsonValue | undefined): JsonRecord[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
