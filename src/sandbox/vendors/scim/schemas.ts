/** The attributes of a user: RFC 7643 sections 3.1, 4.1 and 4.3, and one extension of this service's own. */

export const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export const BADGE = 'urn:acme:params:scim:schemas:extension:badge:1.0:User';

export interface Attribute {
  name: string;
  type: 'string' | 'boolean' | 'reference' | 'dateTime' | 'complex';
  multiValued?: true;
  mutability?: 'readOnly' | 'immutable' | 'writeOnly';
  required?: true;
  /** Compared with regard to case. */
  caseExact?: true;
  parts?: readonly Attribute[];
}

const text = (name: string, more: Partial<Attribute> = {}): Attribute => ({ name, type: 'string', ...more });
const flag = (name: string): Attribute => ({ name, type: 'boolean' });
const readOnly = { mutability: 'readOnly' } as const;

/** RFC 7643 section 2.4. */
const list = (name: string, type: 'string' | 'reference' = 'string'): Attribute => ({
  name,
  type: 'complex',
  multiValued: true,
  parts: [{ name: 'value', type }, text('display'), text('type'), flag('primary')],
});

const NAME_PARTS = ['formatted', 'familyName', 'givenName', 'middleName', 'honorificPrefix', 'honorificSuffix'];
const ADDRESS_PARTS = ['formatted', 'streetAddress', 'locality', 'region', 'postalCode', 'country', 'type'];

/** The attributes of each schema, by its URN. */
export const SCHEMAS: Readonly<Record<string, readonly Attribute[]>> = {
  [CORE]: [
    text('id', { ...readOnly, caseExact: true }),
    text('externalId', { caseExact: true }),
    {
      name: 'meta',
      type: 'complex',
      ...readOnly,
      parts: ['resourceType', 'location', 'created', 'lastModified', 'version'].map((name) => text(name, readOnly)),
    },
    text('userName', { required: true }),
    { name: 'name', type: 'complex', parts: NAME_PARTS.map((name) => text(name)) },
    ...['displayName', 'nickName'].map((name) => text(name)),
    { name: 'profileUrl', type: 'reference' },
    ...['title', 'userType', 'preferredLanguage', 'locale', 'timezone'].map((name) => text(name)),
    flag('active'),
    text('password', { mutability: 'writeOnly', caseExact: true }),
    ...['emails', 'phoneNumbers', 'ims', 'roles', 'entitlements', 'x509Certificates'].map((name) => list(name)),
    list('photos', 'reference'),
    {
      name: 'addresses',
      type: 'complex',
      multiValued: true,
      parts: [...ADDRESS_PARTS.map((name) => text(name)), flag('primary')],
    },
    {
      name: 'groups',
      type: 'complex',
      multiValued: true,
      ...readOnly,
      parts: ['value', '$ref', 'display', 'type'].map((name) => text(name, readOnly)),
    },
  ],
  [ENTERPRISE]: [
    ...['employeeNumber', 'costCenter', 'organization', 'division', 'department'].map((name) => text(name)),
    {
      name: 'manager',
      type: 'complex',
      parts: [text('value'), text('$ref'), text('displayName', readOnly)],
    },
  ],
  [BADGE]: [text('number'), text('issued', readOnly), text('colour', { mutability: 'immutable' })],
};

export const EXTENSIONS: readonly string[] = Object.keys(SCHEMAS).filter((urn) => urn !== CORE);

/** Equal names: they ignore case, URNs too (RFC 7643 section 2.1). */
export function isSameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** The attribute of a schema with this name; of the core schema when `urn` is undefined. */
export function attributeOf(urn: string | undefined, name: string): Attribute | undefined {
  return SCHEMAS[urn ?? CORE]?.find((attribute) => isSameName(attribute.name, name));
}

/** The sub-attribute of an attribute with this name. */
export function partOf(attribute: Attribute, name: string): Attribute | undefined {
  return attribute.parts?.find((part) => isSameName(part.name, name));
}
