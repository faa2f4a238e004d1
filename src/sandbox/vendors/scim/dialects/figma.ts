import { isObject, omit, toJson } from '../../../json.ts';
import { refuse } from '../errors.ts';
import type { ServiceRules } from './dialect.ts';

const SEATS = ['Full', 'Dev', 'Collab', 'View'];
const LIMITS: Readonly<Record<string, number>> = { userName: 100, displayName: 100, externalId: 255 };

/**
 * Figma: https://developers.figma.com/docs/rest-api/scim-endpoints and
 * https://developers.figma.com/docs/rest-api/scim-supported-schemas
 */
export const figma: ServiceRules = {
  options: {
    mediaTypes: ['application/json'],
    filters: ['userName', 'externalId'],
    // The page replaces lists whole.
    valuePaths: 'refused',
    activeFalse: 'removes',
  },
  writable: [
    ...['userName', 'active', 'displayName', 'title', 'externalId', 'name.givenName', 'name.familyName'],
    ...['roles.type', 'roles.value'],
    ...['employeeNumber', 'costCenter', 'organization', 'division', 'department'].map((name) => `enterprise.${name}`),
  ],
  checkBody(body) {
    if (body['active'] === undefined) refuse('invalidValue', 'active is required');
  },
  checkUser(user, stored) {
    for (const [name, limit] of Object.entries(LIMITS)) {
      if (String(user[name] ?? '').length > limit) refuse('invalidValue', `'${name}' is longer than ${limit}`);
    }
    const { roles } = user;
    if (!Array.isArray(roles) || toJson(roles) === toJson(stored['roles'] ?? null)) return;
    for (const role of roles) {
      if (!isObject(role) || role['type'] !== 'seatType' || !SEATS.includes(String(role['value']))) {
        refuse('invalidValue', 'A role is a seatType of Full, Dev, Collab or View');
      }
    }
  },
  /** One e-mail, as an object that is the user name; no `active` for those who are; a version without entity tags. */
  show(user) {
    const { active, meta } = user;
    const emails = { type: 'work', value: user['userName'] ?? '', primary: 'true' };
    const version = `W/"${Date.parse(String(isObject(meta) ? meta['lastModified'] : 0)) / 1000}"`;
    return {
      ...omit(user, ['active']),
      ...(active === false && { active }),
      emails,
      ...(isObject(meta) && { meta: { ...meta, version } }),
    };
  },
};
