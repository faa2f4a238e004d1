import type { Provider } from '../provider.ts';

/** What every SCIM 2.0 service has in common, whatever its fields: RFC 7643 and 7644. */

export const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** RFC 7643 section 4.1.1. */
export const NAME_PARTS = [
  'formatted',
  'familyName',
  'givenName',
  'middleName',
  'honorificPrefix',
  'honorificSuffix',
] as const;

/** RFC 7644 section 3.4.2: `Resources` may be left out when nothing was found. */
export const RESOURCES = { quote: 'json', list: ['Resources'], total: ['totalResults'] } as const;

/** How a user resource is read. */
export const RESOURCE = {
  caseInsensitiveNames: true,
  // `schemas` only lists what the resource contains; it is sent complete, also when it was read without.
  volatile: ['meta', 'schemas'],
  version: [
    ['meta', 'version'],
    ['meta', 'lastModified'],
  ],
  ids: ['id'],
  label: [
    ['displayName'],
    ['name', 'formatted'],
    ['name', 'givenName', 'familyName'],
    ['name', 'familyName'],
    ['name', 'givenName'],
  ],
  emails: [{ at: ['userName'] }, { at: ['emails'], value: 'value' }],
  apart: ['title', 'department', 'organization'],
  // Some services send a text or leave it out; only a boolean is clear.
  status: [
    { is: 'active', when: { active: [true] } },
    { is: 'deactivated', when: { active: [false] } },
  ],
  errors: {
    messages: [['detail']],
    codes: [{ at: ['scimType'], is: { uniqueness: 'uniqueness_conflict' } }],
  },
} as const satisfies Partial<Provider>;

/** Attributes that every resource has and the service maintains. */
export const READ_ONLY = { id: 'public', meta: 'public', groups: 'public', schemas: 'public' } as const;
