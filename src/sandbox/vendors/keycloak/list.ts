import { isSameText } from '../../checks.ts';
import { Rejection, type VendorRequest, type VendorResponse } from '../../define-vendor.ts';
import type { JsonRecord, JsonValue } from '../../json.ts';
import type { Vendor } from '../../types.ts';
import { keycloakError } from './errors.ts';

const FIELDS = ['username', 'email', 'firstName', 'lastName'];
const DEFAULT_MAX = 100;

/**
 * `GET /admin/realms/{realm}/users`: an array, paged by offset (`first`, `max`). With `search` all other criteria are
 * ignored. https://www.keycloak.org/docs-api/latest/rest-api/index.html#_users
 */
export function listUsers(
  { query }: VendorRequest,
  vendor: Vendor,
  shown: (user: JsonRecord) => JsonRecord,
): VendorResponse {
  const users = [...vendor.users.values()].sort((a, b) => (String(a['username']) < String(b['username']) ? -1 : 1));
  const search = query.get('search');
  const found = users.filter(search === null ? criteria(query) : searched(search.trim()));
  const first = toNumber(query.get('first'), 0);
  const page = found.slice(first, first + toNumber(query.get('max'), DEFAULT_MAX));
  return { status: 200, body: page.map(query.get('briefRepresentation') === 'true' ? brief : shown) };
}

/** `id:…`; or words, each of which a name or the e-mail begins with: `"exact"`, `*infix*`, or a prefix. */
function searched(text: string): (user: JsonRecord) => boolean {
  if (text.startsWith('id:')) return ({ id }) => id === text.slice(3).trim();
  const matchers = text.split(/\s+/).map(matcherOf);
  return (user) => matchers.every((matches) => FIELDS.some((field) => matches(user[field])));
}

function matcherOf(word: string): (held: JsonValue | undefined) => boolean {
  const exact = /^"(.*)"$/s.exec(word)?.[1];
  if (exact !== undefined) return (held) => isSameText(held, exact);
  const pattern = word.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const matcher = new RegExp(`^${pattern.join('.*')}`, 'isu');
  return (held) => typeof held === 'string' && matcher.test(held);
}

/** Joined by a logical and; `exact` is for all of them. */
function criteria(query: URLSearchParams): (user: JsonRecord) => boolean {
  const isExact = query.get('exact') === 'true';
  const matches = (held: JsonValue | undefined, sought: string) =>
    isExact
      ? isSameText(held, sought)
      : String(held ?? '')
          .toLowerCase()
          .includes(sought.toLowerCase());
  return (user) =>
    FIELDS.every((field) => {
      const sought = query.get(field);
      return sought === null || matches(user[field], sought);
    }) &&
    ['enabled', 'emailVerified'].every((field) => {
      const sought = query.get(field);
      return sought === null || String(user[field]) === sought;
    });
}

function brief(user: JsonRecord): JsonRecord {
  const { attributes: _, credentials: __, requiredActions: ___, ...rest } = user;
  return rest;
}

function toNumber(text: string | null, otherwise: number): number {
  if (text === null) return otherwise;
  // A parameter that is no number makes the path unknown.
  if (!/^-?\d{1,9}$/.test(text)) throw new Rejection(keycloakError(404, 'HTTP 404 Not Found'));
  return Math.max(0, Number(text));
}
