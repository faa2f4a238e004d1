import { isFlag, isInt64, isListOf, isNullOr, isOneOf, isText, type ValueCheck } from '../../checks.ts';
import { isObject, type JsonRecord } from '../../json.ts';

/** The languages of this account, by their tag, with their ids: `GET /api/v2/locales`. */
export const LOCALES: Readonly<Record<string, number>> = { 'en-US': 1, es: 2, de: 8, fr: 16, ja: 67, 'en-GB': 1176 };

/** Some of the names of time zones; https://developer.zendesk.com/api-reference/introduction/data-types/#time-zones */
export const TIME_ZONES: Readonly<Record<string, string>> = {
  'Pacific Time (US & Canada)': 'America/Los_Angeles',
  'Eastern Time (US & Canada)': 'America/New_York',
  London: 'Europe/London',
  Berlin: 'Europe/Berlin',
  Copenhagen: 'Europe/Copenhagen',
  Kolkata: 'Asia/Kolkata',
  Tokyo: 'Asia/Tokyo',
};

/** The custom fields of this account; a key that is none of them is ignored. */
export const USER_FIELDS = ['membership_level', 'membership_expires', 'newsletter', 'ledger_row', 'shirt_sizes'];

const ROLES = ['end-user', 'agent', 'admin'];
const RESTRICTIONS = ['organization', 'groups', 'assigned', 'requested'];

/**
 * The attributes that an update takes, and the values they take. All others are ignored.
 * https://developer.zendesk.com/api-reference/ticketing/users/users/#json-format
 */
export const WRITABLE: Readonly<Record<string, ValueCheck>> = {
  agent_brand_ids: isListOf(isInt64),
  alias: isNullOr(isText),
  custom_role_id: isNullOr(isInt64),
  default_group_id: isNullOr(isInt64),
  details: isNullOr(isText),
  email: isText,
  external_id: isNullOr(isText),
  locale: isOneOf(...Object.keys(LOCALES)),
  locale_id: (value) => Object.values(LOCALES).some((id) => id === value),
  moderator: isFlag,
  name: (value) => typeof value === 'string' && value.trim() !== '',
  notes: isNullOr(isText),
  only_private_comments: isFlag,
  organization_id: isNullOr(isInt64),
  phone: isNullOr(isText),
  remote_photo_url: isText,
  role: isOneOf(...ROLES),
  shared_phone_number: isFlag,
  signature: isNullOr(isText),
  suspended: isFlag,
  tags: isListOf(isText),
  ticket_restriction: isNullOr(isOneOf(...RESTRICTIONS)),
  time_zone: isOneOf(...Object.keys(TIME_ZONES)),
  user_fields: isObject,
  verified: isFlag,
};

/** Attributes that follow from others: https://developer.zendesk.com/api-reference/ticketing/users/users/#json-format */
export function withDerived(record: JsonRecord): JsonRecord {
  const { role, locale, time_zone: zone, custom_role_id: customRole } = record;
  return {
    ...record,
    locale_id: LOCALES[String(locale)] ?? null,
    iana_time_zone: TIME_ZONES[String(zone)] ?? null,
    role_type: role === 'admin' ? 4 : role === 'agent' ? 0 : null,
    restricted_agent: role !== 'admin' && (role !== 'agent' || customRole !== null),
  };
}
