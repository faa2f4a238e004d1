import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isObject, type JsonRecord } from '../../../src/sandbox/json.ts';
import { createPipeline, type Pipeline } from '../../support/pipeline/pipeline.ts';
import { undo } from '../../support/pipeline/undo.ts';
import { BADGE, type ScimmyServer, type StoredUser, startScimmy } from '../../support/scim/scimmy.ts';

/** Against a SCIM server of others: each field alone, by PUT and by PATCH, and everything else stays as it was. */

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

const PERSON = {
  schemas: [CORE, ENTERPRISE, BADGE],
  userName: 'jane.doe@acme.example',
  externalId: 'ext-1',
  active: true,
  name: { formatted: 'Jane Doe', familyName: 'Doe', givenName: 'Jane', middleName: 'Alice', honorificPrefix: 'Ms.' },
  displayName: 'Jane Doe',
  nickName: 'JD',
  profileUrl: 'https://people.acme.example/jane',
  title: 'Manager',
  userType: 'Employee',
  preferredLanguage: 'en-US',
  locale: 'en-US',
  timezone: 'Europe/Berlin',
  emails: [
    { value: 'jane.doe@acme.example', type: 'work', primary: true },
    { value: 'jane@mail.example', type: 'home' },
  ],
  phoneNumbers: [
    { value: '+14155550101', type: 'work', primary: true },
    { value: '+14155550199', type: 'mobile' },
  ],
  addresses: [{ type: 'work', streetAddress: '1 Market St', locality: 'San Francisco', country: 'US', primary: true }],
  roles: [{ value: 'editor', primary: true }],
  entitlements: [{ value: 'reports' }],
  [ENTERPRISE]: {
    employeeNumber: '701984',
    costCenter: '4130',
    organization: 'Acme Inc.',
    division: 'Products',
    department: 'Product',
    manager: { value: 'm-1' },
  },
  [BADGE]: { number: 'B-17', issued: '2025-01-01' },
};

/** What each field is set to, and where the server holds it. */
const CHANGES: Record<string, { value: unknown; at?: readonly string[]; held?: unknown }> = {
  userName: { value: 'jane.roe@acme.example' },
  externalId: { value: 'ext-9' },
  active: { value: false },
  name: { value: { familyName: 'Roe' }, held: { ...PERSON.name, familyName: 'Roe' } },
  displayName: { value: 'J. Roe' },
  nickName: { value: 'Janey' },
  profileUrl: { value: 'https://people.acme.example/roe' },
  title: { value: 'Director "of" \\ things' },
  userType: { value: 'Contractor' },
  preferredLanguage: { value: 'de-DE' },
  locale: { value: 'de-DE' },
  timezone: { value: 'America/New_York' },
  emails: {
    value: [
      { value: 'jane.roe@acme.example', type: 'work', primary: true },
      { value: 'jane@mail.example', type: 'home' },
    ],
  },
  phoneNumbers: { value: [{ value: '+14155550142', type: 'work', primary: true }] },
  addresses: { value: [{ type: 'work', streetAddress: '2 Market St', locality: 'Oakland', country: 'US' }] },
  roles: { value: [{ value: 'editor', primary: true }, { value: 'author' }] },
  entitlements: { value: [{ value: 'exports' }] },
  employeeNumber: { value: '5', at: [ENTERPRISE] },
  costCenter: { value: '9999', at: [ENTERPRISE] },
  organization: { value: 'Acme GmbH', at: [ENTERPRISE] },
  division: { value: 'Sales', at: [ENTERPRISE] },
  department: { value: 'Research', at: [ENTERPRISE] },
  manager: { value: 'm-2', at: [ENTERPRISE], held: { value: 'm-2' } },
  number: { value: 'B-18', at: [BADGE] },
};

const CLEARABLE = Object.keys(CHANGES).filter((field) => !['userName', 'active'].includes(field));

let server: ScimmyServer;
let pipeline: Pipeline;

function useServer(update: 'put' | 'patch', options: { etag?: boolean } = {}): void {
  beforeAll(async () => {
    server = await startScimmy(options);
    const extensions = {
      [BADGE]: { number: { type: 'text', effect: 'ordinary', sensitivity: 'personal', clear: 'omit' } },
    };
    const real = { provider: 'scim', baseUrl: server.baseUrl, token: server.token, update, extensions };
    pipeline = await createPipeline({ config: { connections: { real } } });
  });
  beforeEach(() => {
    server.requests.length = 0;
  });
  afterEach(() => {
    server.beforeWrite = undefined;
  });
  afterAll(async () => {
    await pipeline.stop();
    await server.close();
  });
}

const held = (id: string): StoredUser => structuredClone(server.users.get(id) as StoredUser);
const sent = () => server.requests.filter(({ method }) => method === 'PUT' || method === 'PATCH');

/** The record with one value replaced or, with undefined, removed; empty objects around it go too. */
function replaced(record: object, path: readonly string[], value: unknown): JsonRecord {
  const copy = structuredClone(record) as JsonRecord;
  const [head = '', ...rest] = path;
  const inner = copy[head];
  const next = rest.length === 0 ? value : replaced(isObject(inner) ? inner : {}, rest, value);
  if (next === undefined || (rest.length > 0 && Object.keys(next as object).length === 0)) delete copy[head];
  else copy[head] = next as JsonRecord;
  return copy;
}

/** Everything but what the server itself keeps of each version, and what only lists what is there. */
function content(record: object): object {
  const { meta: _meta, schemas: _schemas, ...rest } = record as Record<string, unknown>;
  return rest;
}

function placeOf(field: string): readonly string[] {
  return [...(CHANGES[field]?.at ?? []), field];
}

describe.each(['put', 'patch'] as const)('with update: %s', (update) => {
  useServer(update);

  it.each(Object.keys(CHANGES))('sets %s alone, and undo restores exactly', async (field) => {
    const id = await server.create(PERSON);
    const before = held(id);
    const { value, held: expected = value } = CHANGES[field] ?? {};
    const result = await pipeline.call('real', { user_id: id, set: { [field]: value }, reason: 'test' });
    expect(result, JSON.stringify([result, sent().map(({ body }) => body)])).toMatchObject({ outcome: 'updated' });
    expect(result.collateral).toBeUndefined();
    expect(content(held(id))).toEqual(content(replaced(before, placeOf(field), expected)));
    expect(sent().map(({ method }) => method)).toEqual([update.toUpperCase()]);

    expect(await undo(pipeline, result.change_id ?? '')).toMatchObject({ outcome: 'updated' });
    expect(content(held(id))).toEqual(content(before));
  });

  it.each(CLEARABLE)('clears %s alone, and undo restores exactly', async (field) => {
    const id = await server.create(PERSON);
    const before = held(id);
    const result = await pipeline.call('real', { user_id: id, clear: [field], reason: 'test' });
    expect(result).toMatchObject({ outcome: 'updated' });
    expect(content(held(id))).toEqual(content(replaced(before, placeOf(field), undefined)));

    expect(await undo(pipeline, result.change_id ?? '')).toMatchObject({ outcome: 'updated' });
    expect(content(held(id))).toEqual(content(before));
  });

  it.each(['userName', 'active', 'password'])('cannot clear %s', async (field) => {
    const id = await server.create(PERSON);
    const result = await pipeline.call('real', { user_id: id, clear: [field], reason: 'test' });
    expect(result).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
    expect(sent()).toEqual([]);
  });

  it('sets a password, which nothing shows afterwards', async () => {
    const id = await server.create(PERSON);
    const before = held(id);
    const result = await pipeline.call('real', { user_id: id, set: { password: 'correct horse' }, reason: 'test' });
    expect(result).toMatchObject({ outcome: 'updated', unreadable: ['password'] });
    expect(server.passwords.get(id)).toBe('correct horse');
    expect(JSON.stringify(result)).not.toContain('correct horse');
    const { password: _, ...after } = content(held(id)) as Record<string, unknown>;
    expect(after).toEqual(content(before));
  });

  it('sets fields on a record that has none of them', async () => {
    const { userName, active } = PERSON;
    const id = await server.create({ schemas: [CORE], userName, active });
    const set = { title: 'CEO', name: { givenName: 'Jane' }, department: 'Board', roles: [{ value: 'author' }] };
    const result = await pipeline.call('real', { user_id: id, set, reason: 'test' });
    expect(result).toMatchObject({ outcome: 'updated' });
    const { department, ...own } = set;
    expect(held(id)).toMatchObject({ ...own, [ENTERPRISE]: { department } });
  });
});

describe.each(['put', 'patch'] as const)('with update: %s and entity tags', (update) => {
  useServer(update, { etag: true });

  it('sends the version that was read', async () => {
    const id = await server.create(PERSON);
    const { version } = held(id).meta;
    await pipeline.call('real', { user_id: id, set: { title: 'CEO' }, reason: 'test' });
    expect(sent().map(({ headers }) => headers['if-match'])).toEqual([version]);
  });

  it('ends as a conflict when somebody changes the person in the middle, and writes nothing', async () => {
    const id = await server.create(PERSON);
    server.beforeWrite = () => {
      const other = held(id);
      server.users.set(id, { ...other, nickName: 'Other', meta: { ...other.meta, version: 'W/"other"' } });
    };
    const result = await pipeline.call('real', { user_id: id, set: { title: 'CEO' }, reason: 'test' });
    expect(result).toMatchObject({ outcome: 'conflict' });
    expect(held(id)).toMatchObject({ title: 'Manager', nickName: 'Other' });
    expect(sent()).toHaveLength(1);
  });
});

describe('with update: auto', () => {
  it.each([
    [true, 'PATCH'],
    [false, 'PUT'],
  ])('asks the service, which says patch.supported %s: %s', async (patch, method) => {
    const real = await startScimmy({ patch });
    const connection = { provider: 'scim', baseUrl: real.baseUrl, token: real.token };
    const own = await createPipeline({ config: { connections: { [`auto-${method}`]: connection } } });
    try {
      const id = await real.create(PERSON);
      const call = { user_id: id, set: { title: 'CEO' }, reason: 'test' };
      expect(await own.call(`auto-${method}`, call)).toMatchObject({ outcome: 'updated' });
      const writes = real.requests.filter((one) => one.method !== 'GET').map((one) => one.method);
      expect(writes).toEqual([method]);
    } finally {
      await own.stop();
      await real.close();
    }
  });
});
