import { isSameText } from '../../checks.ts';
import type { VendorRequest, VendorResponse } from '../../define-vendor.ts';
import type { JsonRecord, JsonValue } from '../../json.ts';
import type { Vendor } from '../../types.ts';
import { scimError, toScim } from './scim.ts';

const MAX_COUNT = 1000;

/** `GET Users`: paging is 1-based, no sorting, and the filter is a single `eq` on `userName` or `externalId`. */
export function listUsers(
  request: VendorRequest,
  vendor: Vendor,
  shown: (user: JsonRecord) => JsonRecord,
): VendorResponse {
  const filter = request.query.get('filter');
  const matches = filter === null ? () => true : parseFilter(filter);
  // Words of https://confluence.atlassian.com/cloudkb/user-provisioning-failing-with-resource-user-invalid-filter-in-azure-ad-1071827946.html
  if (!matches) return scimError(400, 'Resource [USER] invalid filter', 'invalidFilter');
  // RFC 7644 section 3.4.2.4: a start below 1 means 1, a negative count means 0.
  const start = Math.max(1, toInteger(request.query.get('startIndex'), 1));
  const count = Math.min(MAX_COUNT, Math.max(0, toInteger(request.query.get('count'), 100)));
  const found = [...vendor.users.values()].filter(matches);
  const page = found.slice(start - 1, start - 1 + count);
  return toScim({
    status: 200,
    body: {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: found.length,
      startIndex: start,
      itemsPerPage: page.length,
      Resources: page.map(shown),
    },
  });
}

function parseFilter(filter: string): ((user: JsonRecord) => boolean) | undefined {
  // Attribute names and operators are case-insensitive, RFC 7644 section 3.4.2.2.
  const match = /^\s*(userName|externalId)\s+eq\s+("(?:[^"\\]|\\.)*")\s*$/i.exec(filter);
  const value = unquote(match?.[2]);
  if (value === undefined) return undefined;
  if (match?.[1]?.toLowerCase() === 'externalid') return (user) => user['externalId'] === value;
  return (user) => isSameText(user['userName'], value);
}

function unquote(text: string | undefined): JsonValue | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as JsonValue);
  } catch {
    return undefined;
  }
}

function toInteger(text: string | null, otherwise: number): number {
  return text !== null && /^-?\d{1,9}$/.test(text) ? Number(text) : otherwise;
}
