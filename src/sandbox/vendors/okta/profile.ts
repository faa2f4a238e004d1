import { isEmail, isSameText } from '../../checks.ts';
import { Rejection } from '../../define-vendor.ts';
import { isObject, type JsonRecord, type JsonValue } from '../../json.ts';
import type { Vendor } from '../../types.ts';
import { invalid } from './errors.ts';

interface Property {
  type: 'string' | 'integer' | 'boolean' | 'strings';
  min?: number;
  max?: number;
  required?: true;
  email?: true;
}

const text = (limits: Omit<Property, 'type'> = {}): Property => ({ type: 'string', ...limits });

/** `UserProfile`, with limits: https://github.com/okta/okta-management-openapi-spec/blob/fdda229/dist/current/management-minimal.yaml */
const BASE: Readonly<Record<string, Property>> = {
  login: text({ min: 5, max: 100, required: true, email: true }),
  email: text({ min: 5, max: 100, required: true, email: true }),
  firstName: text({ min: 1, max: 50 }),
  lastName: text({ min: 1, max: 50 }),
  secondEmail: text({ max: 100, email: true }),
  city: text({ max: 128 }),
  state: text({ max: 128 }),
  zipCode: text({ max: 50 }),
  countryCode: text({ max: 2 }),
  streetAddress: text({ max: 1024 }),
  postalAddress: text({ max: 4096 }),
  mobilePhone: text({ max: 100 }),
  primaryPhone: text({ max: 100 }),
  ...Object.fromEntries(
    [
      ...['middleName', 'honorificPrefix', 'honorificSuffix', 'displayName', 'nickName', 'profileUrl', 'title'],
      ...['userType', 'preferredLanguage', 'locale', 'timezone', 'employeeNumber', 'costCenter', 'organization'],
      ...['division', 'department', 'manager', 'managerId'],
    ].map((name) => [name, text()]),
  ),
};

/** Custom properties, which an administrator added to the schema of the user type. */
const CUSTOM: Readonly<Record<string, Property>> = {
  badge: text({ max: 64 }),
  mentors: { type: 'strings' },
  level: { type: 'integer' },
  remote: { type: 'boolean' },
};

/** Throws a rejection for a profile that the schema does not allow, with a cause for each property. */
export function checkProfile(profile: JsonRecord): void {
  const named = Object.entries(profile).flatMap(([name, value]) => causesOf(name, value));
  const missing = Object.entries(BASE)
    .filter(([name, { required }]) => required && (profile[name] ?? null) === null)
    .map(([name]) => `${name}: The field cannot be left blank`);
  const [first, ...others] = [...named, ...missing];
  if (first !== undefined) throw new Rejection(invalid(first.split(':')[0] ?? 'profile', first, ...others));
}

function causesOf(name: string, value: JsonValue): string[] {
  const property = Object.hasOwn(BASE, name) ? BASE[name] : CUSTOM[name];
  // A custom property has to be in the schema before a profile can have it.
  if (!property) return [`${name}: Property is not defined in the schema of the user type`];
  if (value === null) return [];
  if (!fits(property.type, value)) return [`${name}: Property type does not match the schema`];
  if (typeof value !== 'string') return [];
  const length = [...value].length;
  if (length < (property.min ?? 0)) return [`${name}: The field is too short`];
  if (length > (property.max ?? 4096)) return [`${name}: The field is too long`];
  return property.email && value !== '' && !isEmail(value) ? [`${name}: Does not match required pattern`] : [];
}

function fits(type: Property['type'], value: JsonValue): boolean {
  if (type === 'strings') return Array.isArray(value) && value.every((item) => typeof item === 'string');
  if (type === 'integer') return typeof value === 'bigint' || Number.isInteger(value);
  return typeof value === type;
}

/** Logins that differ only in case or diacritical marks are the same. */
export function refuseTaken(vendor: Vendor, id: string, profile: JsonRecord): void {
  for (const [other, user] of vendor.users) {
    const login = isObject(user['profile']) ? user['profile']['login'] : undefined;
    if (other !== id && isSameText(plain(login), plain(profile['login']))) {
      throw new Rejection(
        invalid('login', 'login: An object with this field already exists in the current organization'),
      );
    }
  }
}

function plain(text: JsonValue | undefined): string | undefined {
  return typeof text === 'string' ? text.normalize('NFD').replace(/\p{M}/gu, '') : undefined;
}
