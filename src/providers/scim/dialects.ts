import type { PatchStyle } from '../calls.ts';
import type { SlowDown } from '../errors.ts';

/** What setting `active` to false does to a user. */
export const ACTIVE_FALSE = ['suspends', 'removes', 'deletes'] as const;
export const UPDATES = ['auto', 'put', 'patch'] as const;
/** Attributes by which users can be looked up, if a service takes `eq` for them. */
export const FILTERS = ['userName', 'emails.value', 'emails', 'externalId', 'displayName'] as const;
export const DIALECT_NAMES = ['asana', 'aws', 'figma', 'github', 'slack'] as const;
export type ServiceName = (typeof DIALECT_NAMES)[number];

/** Where a service differs from RFC 7643 and 7644. The keys stand beside `baseUrl` in a connection. */
export interface ScimDialect {
  update?: (typeof UPDATES)[number] | undefined;
  contentType?: string | undefined;
  alwaysSend?: readonly string[] | undefined;
  multiValued?: 'many' | 'one' | undefined;
  immutable?: readonly string[] | undefined;
  filters?: readonly (typeof FILTERS)[number][] | undefined;
  patchStyle?: PatchStyle | undefined;
  maxOperations?: number | undefined;
  activeFalse?: (typeof ACTIVE_FALSE)[number] | undefined;
  slowDown?: { [Key in keyof SlowDown]: SlowDown[Key] | undefined } | undefined;
}

/** What only the dialects of known services say. */
export interface KnownService extends ScimDialect {
  /** The members of a list entry by which a path may name it; `type`, then `value` when left out. */
  entryNames?: readonly string[];
  /** Base URLs with this path are another API of the same service. */
  where?: { path: string } & ScimDialect;
}

const ENTERPRISE = ['employeeNumber', 'costCenter', 'organization', 'division', 'department', 'manager'];
const LOCALE = ['preferredLanguage', 'locale', 'timezone'];

/** The dialects of known services, each by the service's own pages. docs/scim.md quotes what follows from them. */
export const DIALECTS: Readonly<Record<ServiceName, KnownService>> = {
  /**
   * https://developers.asana.com/docs/scim: PUT "update / remove attributes", PATCH "add / update" without `name.givenName`
   * and `name.familyName`, so only PUT can do all of it; a filter by `userName`; the accepted attributes.
   */
  asana: {
    update: 'put',
    filters: ['userName'],
    patchStyle: 'object',
    immutable: [
      'externalId',
      'displayName',
      'nickName',
      'profileUrl',
      'locale',
      'timezone',
      'roles',
      'entitlements',
      'password',
    ],
    activeFalse: 'suspends',
  },
  /**
   * https://docs.aws.amazon.com/singlesignon/latest/developerguide/patchuser.html: the attributes that can be modified, one
   * value for each list, `eq` in paths; …/listusers.html: filters; …/serviceproviderconfig.html: PATCH, no entity tags.
   */
  aws: {
    update: 'patch',
    multiValued: 'one',
    filters: ['userName', 'externalId'],
    patchStyle: 'path',
    immutable: ['roles', 'entitlements', 'password'],
    activeFalse: 'suspends',
  },
  /**
   * https://developers.figma.com/docs/rest-api/scim-endpoints: `application/json`, PATCH of whole lists, filters by
   * `userName` and `externalId`, "deactivated users will also be removed from the organization";
   * https://developers.figma.com/docs/rest-api/scim-supported-schemas: the attributes. `emails` is shown as one object that
   * repeats `userName`, the manager under names of its own.
   */
  figma: {
    update: 'patch',
    contentType: 'application/json',
    filters: ['userName', 'externalId'],
    patchStyle: 'whole',
    immutable: [
      ...['nickName', 'profileUrl', 'userType', ...LOCALE],
      ...['emails', 'phoneNumbers', 'addresses', 'entitlements', 'password', 'manager'],
      ...['name.formatted', 'name.middleName', 'name.honorificPrefix', 'name.honorificSuffix', 'roles.primary'],
    ],
    activeFalse: 'removes',
  },
  /**
   * https://docs.github.com/en/enterprise-cloud@latest/rest/enterprise-admin/scim: the attributes, filters, "path selectors
   * that include filters are not supported", and `active: false` suspends;
   * https://docs.github.com/en/enterprise-cloud@latest/rest/scim/scim: in an organisation it removes the member and the
   * identity, and the filters are others;
   * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api: the header.
   */
  github: {
    update: 'patch',
    filters: ['userName', 'externalId', 'displayName'],
    patchStyle: 'object',
    immutable: [
      ...[
        'nickName',
        'profileUrl',
        'title',
        'userType',
        ...LOCALE,
        'phoneNumbers',
        'addresses',
        'entitlements',
        'password',
      ],
      ...ENTERPRISE,
      ...['name.honorificPrefix', 'name.honorificSuffix'],
    ],
    activeFalse: 'suspends',
    slowDown: { headers: [{ name: 'x-ratelimit-reset', unit: 'epoch' }] },
    where: {
      path: '/organizations/',
      filters: ['userName', 'emails', 'externalId'],
      activeFalse: 'removes',
    },
  },
  /**
   * https://docs.slack.dev/reference/scim-api, version 2.0: the attributes and what of them cannot be updated, entries named
   * by `value`; filters are described for version 1.1 only; a manager is `managerId`, which has no place here.
   */
  slack: {
    update: 'patch',
    filters: [],
    patchStyle: 'path',
    entryNames: ['value'],
    immutable: [
      ...['externalId', 'profileUrl', 'password', 'entitlements', 'manager'],
      ...['name.formatted', 'name.middleName', 'name.honorificSuffix'],
      ...['addresses.formatted', 'addresses.type', 'emails.type', 'roles.type'],
    ],
    activeFalse: 'suspends',
  },
};

/** The dialect of a connection: that of the named service, with the keys beside it winning. */
export function dialectFor(
  settings: ScimDialect & { dialect?: ServiceName | undefined; baseUrl: string },
): ScimDialect & Pick<KnownService, 'entryNames'> {
  const { dialect: name, baseUrl, ...own } = settings;
  const { where, ...known } = name === undefined ? {} : DIALECTS[name];
  const isOther = where !== undefined && new URL(baseUrl).pathname.includes(where.path);
  const { path: _, ...other } = where ?? { path: '' };
  const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  return { ...known, ...(isOther && other), ...given };
}
