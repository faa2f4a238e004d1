import * as z from 'zod';
import type { Field } from '../field.ts';
import { email, flag, httpUrl, text, timeZone } from '../schemas.ts';
import { ENTERPRISE, NAME_PARTS } from './resource.ts';

const ADDRESS_PARTS = ['formatted', 'streetAddress', 'locality', 'region', 'postalCode', 'country'] as const;

/** The attributes of RFC 7643 section 4.1 that can be set, and of the enterprise extension (section 4.3). */
export function scimFields(): Record<string, Field> {
  const word: Field = { schema: text().min(1), sensitivity: 'public', effect: 'ordinary', clear: 'omit' };
  const name: Field = { ...word, sensitivity: 'personal' };
  const enterprise = (key: string): Field => ({ ...word, at: [ENTERPRISE, key] });
  return {
    userName: { schema: text().min(1), sensitivity: 'personal', effect: 'identity' },
    externalId: { ...name, effect: 'access' },
    active: { schema: flag(), sensitivity: 'public', effect: 'lifecycle' },
    name: {
      schema: z.strictObject(Object.fromEntries(NAME_PARTS.map((part) => [part, text().min(1).optional()]))),
      sensitivity: 'personal',
      effect: 'ordinary',
      clear: 'omit',
      merge: { keys: NAME_PARTS, clear: 'omit' },
    },
    displayName: name,
    nickName: name,
    profileUrl: { ...name, schema: httpUrl() },
    title: word,
    userType: word,
    preferredLanguage: word,
    locale: word,
    timezone: { ...word, schema: timeZone() },
    emails: { ...listOf(email(), 'personal'), effect: 'identity' },
    phoneNumbers: listOf(text().min(1), 'personal'),
    addresses: addresses(),
    roles: { ...listOf(text().min(1), 'public'), effect: 'access' },
    entitlements: { ...listOf(text().min(1), 'public'), effect: 'access' },
    password: { schema: text().min(1), sensitivity: 'secret', effect: 'secret', readback: false },
    employeeNumber: { ...enterprise('employeeNumber'), sensitivity: 'personal' },
    costCenter: enterprise('costCenter'),
    organization: enterprise('organization'),
    division: enterprise('division'),
    department: enterprise('department'),
    manager: {
      ...word,
      effect: 'access',
      at: [ENTERPRISE, 'manager', 'value'],
      refers: 'user',
      derives: [
        [ENTERPRISE, 'manager', 'displayName'],
        [ENTERPRISE, 'manager', '$ref'],
      ],
    },
  };
}

/** RFC 7643 section 2.4. `display` and `$ref` describe the value, and the service maintains them. */
function listOf(value: z.ZodType, sensitivity: 'public' | 'personal'): Field {
  return {
    schema: onePrimary(z.strictObject({ value, type: text().min(1).optional(), primary: flag().optional() })),
    sensitivity,
    effect: 'ordinary',
    clear: 'omit',
    parts: { value: sensitivity, type: 'public', primary: 'public', display: sensitivity, $ref: 'public' },
    ownParts: ['display', '$ref'],
    compare: 'set',
  };
}

function addresses(): Field {
  const parts = Object.fromEntries(ADDRESS_PARTS.map((part) => [part, text().min(1).optional()]));
  const entry = z
    .strictObject({ ...parts, type: text().min(1).optional(), primary: flag().optional() })
    .refine((address) => ADDRESS_PARTS.some((part) => part in address), { error: 'has no part of an address' });
  const sensitive = ADDRESS_PARTS.map((part) => [part, 'personal'] as const);
  return {
    schema: onePrimary(entry),
    sensitivity: 'personal',
    effect: 'ordinary',
    clear: 'omit',
    parts: { ...Object.fromEntries(sensitive), type: 'public', primary: 'public' },
    ownParts: [],
    compare: 'set',
  };
}

function onePrimary(entry: z.ZodType) {
  return z
    .array(entry)
    .refine((entries) => entries.length > 0, { error: 'is empty; name the field in clear to empty it' })
    .refine((entries) => entries.filter(isPrimary).length <= 1, { error: 'at most one entry may have primary: true' });
}

function isPrimary(entry: unknown): boolean {
  return typeof entry === 'object' && entry !== null && 'primary' in entry && entry.primary === true;
}
