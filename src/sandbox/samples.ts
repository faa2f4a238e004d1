import { isObject, type JsonRecord, type JsonValue } from './json.ts';

/**
 * Test data about a vendor, in its folder as `samples.ts`. Written from the vendor's pages, never from the provider's
 * definition: a test that compares a definition with itself proves nothing. No code of the program reads it.
 */

/** One field of the vendor's update call. */
export interface FieldSample {
  /** How the tool's input schema has to list it: the vendor's type, values and limits; formats in words. */
  listed: object;
  /** As an agent sends it; not what Jane has. */
  valid: unknown;
  /** Attributes of the stored record that this changes; the field itself, as sent, when left out. */
  changes?: (before: JsonRecord) => JsonRecord;
  /** Values that must never be sent to the vendor. */
  invalid: readonly unknown[];
  /** What Jane has to have before, where what she has does not allow it. */
  held?: JsonRecord;
  /** A rule of the vendor forbids `valid` together with the other samples. */
  onlyAlone?: true;
}

export interface VendorSamples {
  /** Headers of a valid credential. */
  headers: Readonly<Record<string, string>>;
  /** The path prefix of a user; the path id follows. */
  userPath: string;
  /** The method of the update call; PUT when left out. */
  method?: 'PUT' | 'PATCH' | 'POST';
  /** The key under which the vendor shows and takes a user; a user is the whole body when left out. */
  wrapper?: string;
  /** The content type of its body; `application/json` when left out. */
  contentType?: string;
  /** Where the record holds a field, if not under the field's name: keys from the outside in. */
  place?(field: string): readonly string[];
  /** Every field that the vendor's page of the update call lists. */
  fields: Readonly<Record<string, FieldSample>>;
  /** The paths `clear` accepts, and the stored attributes that are gone afterwards. */
  clearable: Readonly<Record<string, (before: JsonRecord) => JsonRecord>>;
  /** The only body that may be sent when these attributes change. */
  body(before: JsonRecord, changed: JsonRecord): JsonRecord;
  /** Attributes that the vendor itself changes with every write. */
  volatile: readonly string[];
  /** Attributes in which the vendor keeps what was there in between, also after an undo. */
  outlives?: readonly string[];
  /** Fields that a rule of the vendor binds to others of the record. */
  bound?: readonly string[];
  /** An id that no user has. */
  unknownId: string;
  /** The variable of a credential. */
  credential: string;
  /** The code of a call whose credential may not write. */
  forbidden: 'forbidden' | 'credentials_rejected';
  /** A change of Priya's, and the integers beyond a double that its body has to repeat digit by digit. */
  exact?: { set: Readonly<Record<string, unknown>>; digits: readonly string[] };
  /** A change with nested values if the vendor has some, exactly as the tool's schema lists them. */
  preview: JsonRecord;
  marked: MarkedFields;
  soak: readonly SoakField[];
}

/** For tests that mark values and then search everything that left the server for the marks. */
export interface MarkedFields {
  /** A personal text field, which is changed. */
  personal: string;
  /** A valid value of that field around a mark; the mark itself when left out. */
  around?: (mark: string) => string;
  /** A public field, and a valid value for it. */
  open: readonly [field: string, value: JsonValue];
  /** Another personal attribute, which the call does not name. */
  other: string;
  /** A secret field, if the vendor has one. */
  secret?: string;
  /** A read names what it wants: an attribute of which no document knows does not come with it. */
  hidesUnknown?: true;
  /** Values of the credential in use, in every form in which it is sent. */
  keys: readonly string[];
  /** An error in the vendor's shape with this text. */
  error(text: string): JsonRecord;
}

/** Values for one field in a soak; each has a mark of the call that brought it. */
export interface SoakValues {
  plain: string;
  personal: string;
  secret: string;
  /** One of five keys of an open object. */
  key: string;
  flag(): boolean;
  pick<T>(values: readonly T[]): T;
}

/** A field that soaks change. */
export interface SoakField {
  name: string;
  value(values: SoakValues): JsonValue;
  /** The policy of the soak allows it without a question. */
  free?: true;
}

const NOT_TEXT = [1, true, {}, ['x'], null];

/** Listed schemas. */
export const TEXT = { type: 'string' };
export const EMAIL = { type: 'string', description: 'e-mail' };
export const FLAG = { type: 'boolean' };
export const INT64 = { type: 'string', description: 'int64' };
export const oneOf = (...values: readonly string[]) => ({ type: 'string', enum: values });
export const closedObject = (properties: Readonly<Record<string, object>>, required?: readonly string[]) => ({
  type: 'object',
  properties,
  ...(required && { required }),
  additionalProperties: false,
});

export const text = (valid: string): FieldSample => ({ listed: TEXT, valid, invalid: [...NOT_TEXT, ''] });

export const textUpTo = (maxLength: number, valid: string): FieldSample => ({
  listed: { ...TEXT, maxLength },
  valid,
  invalid: ['x'.repeat(maxLength + 1), ...NOT_TEXT],
});

export const flag = (valid: boolean): FieldSample => ({ listed: FLAG, valid, invalid: ['true', 0, null, {}] });

export const email = (valid: string): FieldSample => ({
  listed: EMAIL,
  valid,
  invalid: ['nobody', 'a@', '@b.example', '', null, 7],
});

export const choice = (valid: string, values: readonly string[], invalid: readonly unknown[]): FieldSample => ({
  listed: oneOf(...values),
  valid,
  invalid,
});

export const day = (valid: string): FieldSample => ({
  listed: { type: 'string', description: 'YYYY-MM-DD' },
  valid,
  invalid: ['2025-02-30', '2025-13-01', '31.01.2025', '2025-01-31T00:00:00Z', '', null, 20250131],
});

/** An int64; beyond a double it is sent as a string of digits, and stored as the integer it is. */
export const int64 = (field: string, valid: number | string): FieldSample => ({
  listed: INT64,
  valid,
  changes: () => ({ [field]: exactInteger(valid) }),
  invalid: [
    ...[1.5, -1, '012', '12a', '', null, true, [14], { id: 14 }],
    ...[2 ** 60, '9223372036854775808', '99999999999999999999'],
  ],
});

/** An object whose keys are changed one by one. */
export const merged = (field: string, listed: object, valid: JsonRecord, invalid: readonly unknown[]): FieldSample => ({
  listed,
  valid,
  changes: (before) => ({ [field]: { ...asObject(before[field]), ...valid } }),
  invalid,
});

/** Fields that are emptied on their own, by name. */
export const gone = (...fields: readonly string[]): VendorSamples['clearable'] =>
  Object.fromEntries(fields.map((field) => [field, () => ({ [field]: null })]));

/** Keys of an object that are emptied on their own, by path. */
export const keysGone = (field: string, keys: readonly string[]): VendorSamples['clearable'] =>
  Object.fromEntries(
    keys.map((key) => [`${field}.${key}`, (before) => ({ [field]: without(asObject(before[field]), key) })]),
  );

export function asObject(value: JsonValue | undefined): JsonRecord {
  return isObject(value) ? value : {};
}

export function without(object: JsonRecord, ...keys: readonly string[]): JsonRecord {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

function exactInteger(value: number | string): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : BigInt(value);
}
