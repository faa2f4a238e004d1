import type { JsonRecord, JsonValue, VendorId } from '../../src/sandbox/index.ts';

/** Values to try on each field of each provider, written from the vendors' pages and not from the definitions. */

export interface Sample {
  /** As an agent sends it; not what Jane has. */
  valid: unknown;
  /** Attributes of the stored record that this moves; the field itself, as sent, when left out. */
  moves?: (before: JsonRecord) => JsonRecord;
  /** Never sent to the vendor. */
  invalid: readonly unknown[];
}

export interface ProviderSamples {
  fields: Readonly<Record<string, Sample>>;
  /** The fields the vendor's own page lists. */
  listed: readonly string[];
  /** What `clear` takes, and what is gone from the stored record afterwards. */
  clearable: Readonly<Record<string, (before: JsonRecord) => JsonRecord>>;
  /** The body that may go out when these attributes move, and nothing else. */
  body(before: JsonRecord, moved: JsonRecord): JsonRecord;
  /** Attributes the vendor itself moves with every write. */
  volatile: readonly string[];
  /** An id nobody has. */
  nobody: string;
  /** The variable of a credential, and what a call ends with where the right to write is missing. */
  credential: string;
  forbidden: 'forbidden' | 'credentials_rejected';
}

export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export const EXTERNAL = 'urn:scim:schemas:extension:atlassian-external:1.0';

const notText = [1, true, {}, ['x'], null];
const text = (valid: string): Sample => ({ valid, invalid: [...notText, ''] });
const flag = (valid: boolean): Sample => ({ valid, invalid: ['true', 0, null, {}] });
const email = (valid: string): Sample => ({ valid, invalid: ['nobody', 'a@', '@b.example', '', null, 7] });

const int64 = (valid: number | string): Sample => ({
  valid,
  invalid: [
    1.5,
    -1,
    '012',
    '12a',
    '',
    null,
    true,
    [14],
    { id: 14 },
    2 ** 60,
    '9223372036854775808',
    '99999999999999999999',
  ],
});
const reference = (field: string, digits: string): Sample => {
  const exact = BigInt(digits) > BigInt(Number.MAX_SAFE_INTEGER) ? BigInt(digits) : Number(digits);
  return { ...int64(digits), moves: () => ({ [field]: exact }) };
};
const day = (valid: string): Sample => ({
  valid,
  invalid: ['2025-02-30', '2025-13-01', '31.01.2025', '2025-01-31T00:00:00Z', '', null, 20250131],
});
const merged = (field: string, valid: JsonRecord, invalid: readonly unknown[]): Sample => ({
  valid,
  moves: (before) => ({ [field]: { ...asObject(before[field]), ...valid } }),
  invalid,
});
const inStep = (field: string, valid: string): Sample => ({
  ...text(valid),
  moves: (before) => ({ [field]: valid, [ENTERPRISE]: { ...asObject(before[ENTERPRISE]), [field]: valid } }),
});

const gone = (...fields: string[]) =>
  Object.fromEntries(fields.map((field) => [field, () => ({ [field]: null }) as JsonRecord]));

const atomicwork: ProviderSamples = {
  listed: [
    ...['email', 'first_name', 'middle_name', 'last_name', 'personal_email', 'timezone', 'language', 'state', 'city'],
    ...['country', 'department', 'team', 'level', 'title', 'address', 'originally_hired', 'joined_on'],
    ...['terminated_on', 'employee_id', 'date_of_birth', 'phone_number', 'gender', 'hr', 'manager'],
    ...['company_legal_entity', 'employment_status', 'slack_id', 'azure_id', 'external_id', 'external_app_type'],
    ...['org_roles', 'password', 'profile_image', 'custom_fields', 'is_deleted', 'has_reporters'],
    'notification_enabled',
  ],
  fields: {
    email: email('jane.new@acme.example'),
    first_name: text('Janet'),
    middle_name: text('B.'),
    last_name: text('D’Öe'),
    personal_email: email('janet@mail.example'),
    timezone: text('Europe/Berlin'),
    language: text('de'),
    state: text('Oregon'),
    city: text('Portland'),
    country: text('Canada'),
    department: int64(14),
    team: reference('team', '9007199254740999'),
    level: text('Staff'),
    title: text('Staff Engineer'),
    address: text('1 Elm St, Springfield'),
    originally_hired: day('2019-02-28'),
    joined_on: day('2020-02-29'),
    terminated_on: day('2030-01-31'),
    employee_id: text('E-9999'),
    date_of_birth: day('1990-01-31'),
    phone_number: text('+1 415 555 0999'),
    gender: text('Other'),
    hr: int64(10019),
    manager: reference('manager', '9223372036854775807'),
    company_legal_entity: int64(4),
    employment_status: text('On leave'),
    slack_id: text('U0NEW'),
    azure_id: text('b0f3c2aa-0001-4f0e-9a11-0c5d1e2fffff'),
    external_id: text('okta|new'),
    external_app_type: { valid: 'GOOGLE', invalid: ['google', 'SLACK', '', null, 1] },
    org_roles: {
      valid: [42, '9007199254741003'],
      moves: () => ({ org_roles: [42, 9_007_199_254_741_003n] }),
      invalid: ['42', [1.5], ['x'], [null], [], null, {}],
    },
    password: text('A-new-Pa55word'),
    profile_image: int64(990_001),
    custom_fields: merged('custom_fields', { shirt_size: 'L', badge: 7 }, ['x', [], null, 1, { shirt_size: null }]),
    is_deleted: flag(true),
    has_reporters: flag(false),
    notification_enabled: flag(false),
  },
  clearable: {},
  body: ({ timezone = null, has_reporters = null }, moved) => ({ timezone, has_reporters, ...moved }),
  volatile: ['updated_at'],
  nobody: '424242',
  credential: 'ATOMICWORK_API_KEY',
  forbidden: 'forbidden',
};

const AWORK_FIELDS = ['firstName', 'lastName', 'birthDate', 'gender', 'title', 'position', 'language'];
const upTo = (max: number, valid: string): Sample => ({ valid, invalid: ['x'.repeat(max + 1), ...notText] });

const awork: ProviderSamples = {
  listed: AWORK_FIELDS,
  fields: {
    firstName: upTo(1000, 'Janet'),
    lastName: upTo(1000, 'Müller 😀'),
    birthDate: {
      valid: '1990-01-31',
      moves: () => ({ birthDate: '1990-01-31T00:00:00Z' }),
      invalid: ['2999-01-01', '31.01.1990', '1990-02-30', 'soon', '', null, 19900131],
    },
    gender: upTo(25, 'diverse'),
    title: upTo(100, 'Dr.'),
    position: upTo(1000, 'Staff Engineer'),
    language: upTo(25, 'de-DE'),
  },
  clearable: { ...gone(...AWORK_FIELDS) },
  body: (before, moved) =>
    Object.fromEntries(AWORK_FIELDS.map((name) => [name, moved[name] ?? kept(before, moved, name)])),
  volatile: ['updatedOn', 'updatedBy', 'resourceVersion'],
  nobody: '6e1f6f0a-52b1-4c3e-8f0d-ffffffffffff',
  credential: 'AWORK_API_KEY',
  forbidden: 'credentials_rejected',
};

const NAME_PARTS = ['formatted', 'familyName', 'givenName', 'middleName', 'honorificPrefix', 'honorificSuffix'];
const newEmails = [{ value: 'jane.new@acme.example', type: 'work', primary: true }];
const newPhones = [{ value: '+1 415 555 0777', type: 'work', primary: true }, { value: '+1 415 555 0778' }];

const atlassian: ProviderSamples = {
  listed: [
    ...['userName', 'active', 'department', 'displayName', 'emails', 'externalId', 'name', 'nickName', 'organization'],
    ...['phoneNumbers', 'preferredLanguage', 'timezone', 'title'],
  ],
  fields: {
    userName: text('janet.doe'),
    emails: {
      valid: newEmails,
      invalid: [
        [],
        null,
        'jane.new@acme.example',
        [{ value: 'jane.new@acme.example' }],
        [{ value: 'jane.new@acme.example', primary: false }],
        [newEmails[0], { value: 'two@acme.example', primary: true }],
        [{ value: 'nobody', primary: true }],
        [{ ...newEmails[0], display: 'Jane' }],
      ],
    },
    active: flag(false),
    externalId: text('00uNEW'),
    name: merged('name', { givenName: 'Janet', formatted: 'Janet Doe' }, [
      'Janet Doe',
      null,
      { first: 'Janet' },
      { givenName: null },
      { givenName: '' },
    ]),
    displayName: text('Janet Doe'),
    nickName: text('Jay'),
    title: text('Staff Engineer'),
    preferredLanguage: text('de-DE'),
    timezone: { ...text('Europe/Berlin'), invalid: ['Mars/Olympus', 'Berlin', '', null, 1] },
    department: inStep('department', 'Platform'),
    organization: inStep('organization', 'Acme GmbH'),
    phoneNumbers: {
      valid: newPhones,
      invalid: [
        [],
        null,
        '+1',
        [{ value: '' }],
        [{ type: 'work' }],
        newPhones.map((phone) => ({ ...phone, primary: true })),
      ],
    },
  },
  clearable: {
    ...gone('externalId', 'name', 'displayName', 'nickName', 'title', 'preferredLanguage', 'timezone', 'phoneNumbers'),
    ...Object.fromEntries(
      ['department', 'organization'].map((field) => [
        field,
        (before: JsonRecord) => ({ [field]: null, [ENTERPRISE]: without(asObject(before[ENTERPRISE]), field) }),
      ]),
    ),
    ...Object.fromEntries(
      NAME_PARTS.map((part) => [
        `name.${part}`,
        (before: JsonRecord) => ({ name: without(asObject(before['name']), part) }),
      ]),
    ),
  },
  body: (before, moved) =>
    Object.fromEntries(
      Object.entries({ ...before, ...moved }).filter(
        ([name, value]) => !['id', 'meta', 'groups', EXTERNAL].includes(name) && value !== null,
      ),
    ),
  volatile: ['meta'],
  nobody: '3f2c9d7e-1a44-4f6b-9c1e-ffffffffffff',
  credential: 'ATLASSIAN_SCIM_TOKEN',
  forbidden: 'forbidden',
};

const dayzero: ProviderSamples = {
  listed: ['first_name', 'last_name', 'photo_url', 'onboarded', 'props'],
  fields: {
    first_name: text('Janet'),
    last_name: text('D’Öe'),
    photo_url: {
      valid: 'https://photos.acme.example/new.png?v=2',
      invalid: ['photo.png', 'javascript:alert(1)', 'file:///etc/passwd', 'ftp://a.example/b', '', null, 1],
    },
    onboarded: flag(false),
    props: merged('props', { theme: 'light', limits: { day: 5 } }, ['x', [], null, 1, { theme: null }]),
  },
  clearable: { 'props.theme': (before) => ({ props: without(asObject(before['props']), 'theme') }) },
  body: (_before, moved) => moved,
  volatile: ['updated_at'],
  nobody: '01918f3a-7000-7c11-9a01-ffffffffffff',
  credential: 'DAYZERO_TOKEN',
  forbidden: 'forbidden',
};

const name = (valid: string): Sample => ({ valid, invalid: notText });

const mediasilo: ProviderSamples = {
  listed: [
    ...['userName', 'password', 'firstName', 'lastName', 'company', 'email', 'phone', 'mobile', 'address', 'status'],
    ...['sso', 'ssoId', 'defaultRoleTemplateId'],
  ],
  fields: {
    userName: { valid: 'janet_doe-2', invalid: ['jane doe', 'jäne', 'a/b', '', null, 1] },
    password: {
      valid: 'Brand-New-55',
      invalid: ['Sh0rt-x', 'no-digits-Here', 'no-upper-55', 'NO-LOWER-55', 'NoSpecial55', '', null, 12345678],
    },
    firstName: name('Janet'),
    lastName: name('D’Öe'),
    company: text('Acme GmbH'),
    email: email('jane.new@acme.example'),
    phone: text('+1 415 555 0777'),
    mobile: text('+1 415 555 0778'),
    address: merged('address', { city: 'Oakland', postalCode: '94601' }, [
      'Oakland',
      null,
      { town: 'Oakland' },
      { city: null },
      { city: '' },
      { city: 1 },
    ]),
    status: { valid: 'LOCKED', invalid: ['locked', 'GONE', '', null, true] },
    sso: flag(false),
    ssoId: text('new@idp.acme.example'),
    defaultRoleTemplateId: text('bada5500-6666-4f4f-8000-000000000002'),
  },
  clearable: { ...gone('firstName', 'lastName') },
  body: (_before, moved) => Object.fromEntries(Object.entries(moved).map(([field, value]) => [field, value ?? ''])),
  volatile: [],
  nobody: 'a7c1e2d4-0b3f-4f5e-8d6c-ffffffffffff',
  credential: 'MEDIASILO_PASSWORD',
  forbidden: 'forbidden',
};

export const samples: Readonly<Record<VendorId, ProviderSamples>> = {
  atomicwork,
  awork,
  atlassian,
  dayzero,
  mediasilo,
};

export function asObject(value: JsonValue | undefined): JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

export function without(object: JsonRecord, ...keys: string[]): JsonRecord {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/** What a replacing body repeats of a field that does not move; `null` for one that is emptied. */
function kept(before: JsonRecord, moved: JsonRecord, field: string): JsonValue {
  return Object.hasOwn(moved, field) ? null : (before[field] ?? null);
}
