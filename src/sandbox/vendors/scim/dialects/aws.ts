import { refuse } from '../errors.ts';
import type { Filter } from '../filter.ts';
import type { Operation } from '../patch/operations.ts';
import { touchedBy } from '../touched.ts';
import type { ServiceRules } from './dialect.ts';

const NAME = ['formatted', 'familyName', 'givenName', 'middleName', 'honorificPrefix', 'honorificSuffix'];
const ADDRESS = ['formatted', 'streetAddress', 'locality', 'region', 'postalCode', 'country', 'type', 'primary'];

/**
 * AWS IAM Identity Center: https://docs.aws.amazon.com/singlesignon/latest/developerguide/patchuser.html,
 * …/limitations.html and …/listusers.html there.
 */
export const aws: ServiceRules = {
  options: { filters: ['userName', 'externalId'], oneValue: true },
  writable: [
    ...['userName', 'active', 'externalId', 'displayName', 'nickName', 'profileUrl', 'title', 'userType'],
    ...['preferredLanguage', 'locale', 'timezone'],
    ...NAME.map((part) => `name.${part}`),
    ...['value', 'type', 'primary'].flatMap((part) => [`emails.${part}`, `phoneNumbers.${part}`]),
    ...ADDRESS.map((part) => `addresses.${part}`),
    ...['employeeNumber', 'costCenter', 'organization', 'division', 'department'].map((name) => `enterprise.${name}`),
    ...['enterprise.manager.value', 'enterprise.manager.$ref'],
  ],
  checkOperations(operations) {
    for (const name of ['userName', 'active']) refuseRepeated(operations, name);
    if (operations.some(({ target }) => target?.filter && !isPlainEq(target.filter))) {
      refuse('invalidFilter', 'Only eq is supported in filters');
    }
  },
  error: (body) => ({
    ...body,
    exceptionRequestId: '7e2c1f0a-5b1d-4f53-9d6b-2a9d6a6e0c11',
  }),
};

/** "Multiple PATCH operations on userName or active attribute" and `remove` of them are not supported. */
function refuseRepeated(operations: readonly Operation[], name: string): void {
  const own = operations.filter((operation) => touchedBy([operation]).includes(name));
  if (own.length > 1) refuse('invalidSyntax', `Multiple operations on '${name}' are not supported`);
  if (own.some(({ op }) => op === 'remove')) refuse('invalidSyntax', `remove is not supported for '${name}'`);
}

function isPlainEq(filter: Filter): boolean {
  if (filter.kind === 'and') return isPlainEq(filter.left) && isPlainEq(filter.right);
  return filter.kind === 'compare' && filter.operator === 'eq';
}
