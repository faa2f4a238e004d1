import { describe, expect, it } from 'vitest';
import type { PersonKey } from '../../src/sandbox/cast.ts';
import type { JsonRecord, JsonValue } from '../../src/sandbox/json.ts';
import { zendesk } from '../../src/sandbox/vendors/zendesk/api.ts';
import { people } from '../../src/sandbox/vendors/zendesk/people.ts';
import { useLoneVendor } from '../support/vendors/lone-vendor.ts';

const at = useLoneVendor(zendesk);
const pathOf = (key: PersonKey) => `/api/v2/users/${people.ids[key]}`;
const jane = pathOf('jane');
const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
const { email, token } = zendesk.credentials;
const valid = basic(`${email}/token:${token}`);
const get = (path: string, headers = {}) => at.send('GET', path, { ...valid, ...headers });
const put = (user: JsonValue, key: PersonKey = 'jane') => at.send('PUT', pathOf(key), valid, { user });
const shown = async (key: PersonKey = 'jane') => (await get(pathOf(key))).body['user'] as JsonRecord;
const identities = async () => (await get(`${jane}/identities`)).body['identities'] as JsonRecord[];
const held = (key: PersonKey = 'jane') => at.vendor.users.get(people.ids[key]) ?? {};

describe('auth', () => {
  it('needs e-mail and token, with the marker between them', async () => {
    for (const wrong of [{}, basic(`${email}:${token}`), basic(`${email}/token:x`), { authorization: 'Bearer x' }]) {
      expect((await at.send('GET', jane, wrong)).status).toBe(401);
    }
    at.vendor.options.forbidden = true;
    expect((await put({ name: 'X' })).body['error']).toMatchObject({ title: 'Forbidden' });
  });
});

describe('reading', () => {
  it('wraps the user, and keeps every digit of an id beyond 2^53', async () => {
    const { text } = await get(pathOf('priya'));
    expect(text).toMatch(/^\{"user":\{"id":9007199254740993,/);
    expect(text).toContain('"ledger_row":9007199254740995');
    expect(text).toContain('"value":9223372036854775807');
  });

  it('shows neither identities nor what is only written', async () => {
    for (const name of ['identities', 'organization_ids', 'agent_brand_ids', 'remote_photo_url']) {
      expect(await shown()).not.toHaveProperty(name);
    }
  });

  it('tells an id that is no integer from an unknown one', async () => {
    const malformed = await get('/api/v2/users/jane');
    expect([malformed.status, malformed.body['error']]).toMatchObject([400, { title: 'Invalid attribute' }]);
    const unknown = await get('/api/v2/users/1');
    expect([unknown.status, unknown.body['error']]).toEqual([404, 'RecordNotFound']);
  });

  it('shows the owner of the token as me', async () => {
    expect((await get('/api/v2/users/me')).body['user']).toMatchObject({ name: 'Alex Rivera', role: 'admin' });
  });
});

describe('PUT', () => {
  it('needs the wrapper, merges, and answers with the wrapped user', async () => {
    const before = await shown();
    const { status, body } = await put({ notes: 'New' });
    expect(status).toBe(200);
    const after = body['user'] as JsonRecord;
    expect(after).toEqual({ ...before, notes: 'New', updated_at: after['updated_at'] });
    expect(String(after['updated_at']) > String(before['updated_at'])).toBe(true);
    expect((await at.send('PUT', jane, valid, { notes: 'X' })).status).toBe(400);
  });

  it('adds an e-mail as a second identity and leaves the primary one', async () => {
    const before = await shown();
    const { status, body } = await put({ email: 'janet.doe@acme.example' });
    expect(status).toBe(200);
    expect(body['user']).toMatchObject({ email: before['email'], name: before['name'] });
    expect(await identities()).toMatchObject([
      { value: 'jane.doe@acme.example', primary: true },
      { value: 'janet.doe@acme.example', primary: false, verified: false },
    ]);
  });

  it('changes the primary e-mail by a call of its own', async () => {
    await put({ email: 'janet.doe@acme.example', verified: true });
    const second = (await identities())[1];
    expect(second).toMatchObject({ verified: true });
    const path = `${jane}/identities/${String(second?.['id'])}/make_primary`;
    expect((await at.send('PUT', path, valid)).status).toBe(200);
    expect((await shown())['email']).toBe('janet.doe@acme.example');
  });

  it('adds a telephone number as a second identity when there is a direct line', async () => {
    await put({ phone: '+14155550177' });
    expect(await shown()).toMatchObject({ phone: '+14155550177', shared_phone_number: false });
    await put({ phone: '+14155550188' });
    expect(await shown()).toMatchObject({ phone: '+14155550177', shared_phone_number: false });
    expect((await identities()).map(({ value }) => value)).toContain('+14155550188');
  });

  it('merges user_fields by key, empties one with null, and ignores what is no field', async () => {
    const before = (await shown())['user_fields'] as JsonRecord;
    await put({ user_fields: { membership_level: 'gold', newsletter: null, shoe: 1 } });
    expect((await shown())['user_fields']).toEqual({ ...before, membership_level: 'gold', newsletter: null });
  });

  it('replaces tags whole, and takes all other organizations away', async () => {
    await put({ tags: ['one'], organization_id: 360_000_057_999 });
    expect((await shown())['tags']).toEqual(['one']);
    expect(held()['organization_ids']).toEqual([360_000_057_999]);
  });

  it('derives what follows from role, language and time zone', async () => {
    await put({ role: 'admin', locale: 'de', locale_id: 1, time_zone: 'Copenhagen' });
    expect(await shown()).toMatchObject({
      ...{ role_type: 4, restricted_agent: false, locale: 'de', locale_id: 8, iana_time_zone: 'Europe/Copenhagen' },
    });
    await put({ role: 'end-user', custom_role_id: 7 });
    expect((await shown())['role']).toBe('agent');
  });

  it('makes a restriction of agents "requested" for an end user', async () => {
    await put({ ticket_restriction: 'groups' }, 'john');
    expect((await shown('john'))['ticket_restriction']).toBe('requested');
  });

  it.each<[string, JsonRecord]>([
    ['name', { name: '' }],
    ['name', { name: null }],
    ['role', { role: 'owner' }],
    ['suspended', { suspended: 'true' }],
    ['tags', { tags: 'a' }],
    ['organization_id', { organization_id: '1' }],
    ['external_id', { external_id: 'HR-1002' }],
    ['email', { email: 'john.smith@acme.example' }],
    ['email', { email: 'nobody' }],
    ['time_zone', { time_zone: 'Europe/Berlin' }],
    ['user_fields', { user_fields: [] }],
  ])('refuses %s in %j by its name, and changes nothing', async (name, wrong) => {
    const before = structuredClone(held());
    const { status, body } = await put({ alias: 'X', ...wrong });
    expect([status, body['error'], body['description']]).toEqual([422, 'RecordInvalid', 'Record validation errors']);
    expect(body['details']).toMatchObject({ [name]: [{ description: expect.any(String) }] });
    expect(held()).toEqual(before);
  });

  it('cannot change a shared user, and takes five updates of one user a minute', async () => {
    held('john')['shared'] = true;
    expect((await put({ alias: 'X' }, 'john')).status).toBe(403);
    at.vendor.options.limited = true;
    const statuses: number[] = [];
    for (let count = 0; count < 6; count += 1) statuses.push((await put({ alias: `A${count}` })).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
    expect((await put({ alias: 'B' })).headers.get('retry-after')).toBe('37');
    expect((await put({ alias: 'B' }, 'max')).status).toBe(200);
  });
});

describe('searching', () => {
  const names = (body: JsonRecord) => (body['users'] as JsonRecord[]).map(({ name }) => name);

  it('takes a query or an external id', async () => {
    const search = (query: string) => get(`/api/v2/users/search?${query}`);
    expect(names((await search('query=anna')).body)).toEqual(['Anna Lee', 'Anna Lee']);
    expect(names((await search('query=email:jane.doe%40acme.example')).body)).toEqual(['Jane Doe']);
    expect(names((await search('query=%22John%20Smith%22')).body)).toEqual(['John Smith']);
    expect(names((await search('external_id=HR-1002')).body)).toEqual(['John Smith']);
    expect((await search('query=a&external_id=b')).status).toBe(400);
    expect((await search('query=acme&per_page=3')).body).toMatchObject({ count: 8, users: [{}, {}, {}] });
  });

  it('lists by cursor', async () => {
    const seen: JsonValue[] = [];
    let next: string | undefined = '/api/v2/users?page[size]=3';
    while (next !== undefined) {
      const { body } = await get(next);
      seen.push(...(body['users'] as JsonValue[]));
      const { next: link } = body['links'] as JsonRecord;
      expect((body['meta'] as JsonRecord)['has_more']).toBe(link !== null);
      next = typeof link === 'string' ? link.slice(`${at.url}`.length) : undefined;
    }
    expect(seen).toHaveLength(8);
    expect(names((await get('/api/v2/users?external_id=hr-1001')).body)).toEqual(['Jane Doe']);
    expect((await get('/api/v2/users?page[size]=101')).status).toBe(400);
  });
});
