import { describe, expect, it } from 'vitest';
import type { JsonRecord, JsonValue } from '../../src/sandbox/index.ts';
import { CORE, CUSTOM, ENTERPRISE, EXTERNAL } from '../../src/sandbox/vendors/atlassian/people.ts';
import { pathOf, send, useSandbox } from '../support/vendors/sandbox.ts';

const at = useSandbox();
const jane = pathOf('atlassian', 'jane');
const users = jane.slice(0, jane.lastIndexOf('/'));
const get = (path: string, headers = {}) => send(at.sandbox, 'atlassian', 'GET', path, { headers });
const put = (path: string, body: JsonValue, headers = {}) =>
  send(at.sandbox, 'atlassian', 'PUT', path, { body, headers });
const find = (filter: string) => get(`${users}?filter=${encodeURIComponent(filter)}`);
const minimal = {
  schemas: [CORE],
  userName: 'jane.doe@acme.example',
  emails: [{ value: 'jane.doe@acme.example', type: 'work', primary: true }],
};

describe('auth', () => {
  it('shows Jane with her schemas and both extensions', async () => {
    const { body } = await get(jane);
    for (const name of ['schemas', ENTERPRISE, CUSTOM]) expect(body[name] ?? '', name).not.toBe('');
  });

  it('needs the directory key and its directory, and responds in SCIM with a string status', async () => {
    const { status, body, headers } = await get(jane, { Authorization: 'Bearer wrong' });
    expect(status).toBe(401);
    expect(body).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: '401',
      detail: 'Unauthorized',
    });
    expect(headers.get('content-type')).toMatch(/^application\/scim\+json/);
    expect((await get('/scim/directory/other/Users')).status).toBe(404);
    at.sandbox.vendors.atlassian.options.forbidden = true;
    expect((await put(jane, minimal)).body['status']).toBe('403');
  });
});

describe('PUT', () => {
  it('removes everything that is not sent, except read-only attributes', async () => {
    const before = (await get(jane)).body;
    const { status, body } = await put(jane, minimal);
    expect(status).toBe(200);
    expect(Object.keys(body).toSorted()).toEqual(
      ['active', 'emails', 'groups', 'id', 'meta', 'schemas', 'userName', EXTERNAL].toSorted(),
    );
    expect([body['id'], body['groups'], body[EXTERNAL]]).toEqual([before['id'], before['groups'], before[EXTERNAL]]);
    expect((await get(jane)).body).toEqual(body);
  });

  it('reactivates a user when active is omitted, and only then', async () => {
    const max = pathOf('atlassian', 'max');
    const { body } = await get(max);
    expect(body['active']).toBe(false);
    expect((await put(max, body)).body['active']).toBe(false);
    const { active: _, ...rest } = body;
    expect((await put(max, rest)).body['active']).toBe(true);
  });

  it('changes only meta.lastModified when the resource is sent back as read', async () => {
    for (const key of ['jane', 'priya'] as const) {
      const before = (await get(pathOf('atlassian', key))).body;
      const { id: _, meta, groups: __, [EXTERNAL]: ___, ...writable } = before;
      const after = (await put(pathOf('atlassian', key), writable)).body;
      const { lastModified } = after['meta'] as JsonRecord;
      expect(String(lastModified) > String((meta as JsonRecord)['lastModified'])).toBe(true);
      expect(after).toEqual({ ...before, meta: { ...(meta as JsonRecord), lastModified } });
    }
  });

  it('ignores read-only attributes that are sent', async () => {
    const { body } = await put(jane, {
      ...minimal,
      id: 'x',
      groups: [],
      meta: { created: 'x' },
      [EXTERNAL]: { atlassianAccountId: 'x' },
    });
    expect(body['id']).toBe(jane.split('/').at(-1));
    expect(body['groups']).toHaveLength(1);
    expect(body[EXTERNAL]).toEqual({ atlassianAccountId: '712020:0b1c2d3e-0000-4000-8000-000000000001' });
    expect((body['meta'] as JsonRecord)['created']).toBe('2024-01-15T09:00:00.000Z');
  });

  it('stores unknown extensions exactly as sent', async () => {
    const urn = 'urn:acme:params:scim:schemas:extension:badge:1.0:User';
    const { text } = await put(jane, { ...minimal, [urn]: { badgeNumber: 9_223_372_036_854_775_807n } });
    expect(text).toContain('"badgeNumber":9223372036854775807');
    expect((await put(jane, minimal)).body).not.toHaveProperty([urn]);
  });

  it('stores department and extension independently', async () => {
    const { body } = await put(jane, { ...minimal, department: 'A', [ENTERPRISE]: { department: 'B' } });
    expect([body['department'], body[ENTERPRISE]]).toEqual(['A', { department: 'B' }]);
  });

  const two = [
    { value: 'a@acme.example', primary: true },
    { value: 'b@acme.example', primary: true },
  ];
  it.each<[string, JsonRecord]>([
    ['no schemas', { schemas: [] }],
    ['no userName', { userName: '' }],
    ['no e-mail', { emails: [] }],
    ['no primary e-mail', { emails: [{ value: 'a@acme.example', primary: false }] }],
    ['two primary e-mails', { emails: two }],
    ['a malformed e-mail', { emails: [{ value: 'nobody', primary: true }] }],
    ['active as text', { active: 'false' }],
    ['a title that is no text', { title: 7 }],
    ['a name that is no object', { name: 'Jane' }],
  ])('rejects %s and changes nothing', async (_, wrong) => {
    const before = (await get(jane)).text;
    const { status, body } = await put(jane, { ...minimal, ...wrong });
    expect([status, body['status'], body['scimType']]).toEqual([400, '400', 'invalidValue']);
    expect((await get(jane)).text).toBe(before);
  });

  it('needs user names and e-mails to be unique', async () => {
    const name = await put(jane, { ...minimal, userName: 'JSmith' });
    expect([name.status, name.body['scimType']]).toEqual([409, 'uniqueness']);
    const mail = await put(jane, { ...minimal, emails: [{ value: 'john.smith@acme.example', primary: true }] });
    expect(mail.body).toMatchObject({
      status: '409',
      scimType: 'uniqueness',
      detail: 'Resource [USER]: with email[john.smith@acme.example] already exists.',
    });
  });

  it('removes groups and the account link for an unverified domain, when domains are set', async () => {
    const moved = { ...minimal, emails: [{ value: 'jane@elsewhere.example', primary: true }] };
    expect((await put(jane, moved)).body['groups']).toHaveLength(1);
    at.sandbox.vendors.atlassian.options.verifiedDomains = ['acme.example'];
    const { body } = await put(jane, moved);
    expect(body['groups']).toEqual([]);
    expect(body).not.toHaveProperty([EXTERNAL]);
  });
});

describe('attributes and excludedAttributes', () => {
  it('shape the response only', async () => {
    const full = (await get(jane)).body;
    const { id: _, meta: __, groups: ___, ...writable } = full;
    const { body } = await put(`${jane}?attributes=userName,emails.value`, writable);
    expect(body).toEqual({
      schemas: full['schemas'],
      id: full['id'],
      userName: 'jane.doe@acme.example',
      emails: [{ value: 'jane.doe@acme.example' }, { value: 'jane@mail.example' }],
    });
    expect((await get(jane)).body).toMatchObject(writable);
  });

  it('exclude whole and partial attributes, extensions too', async () => {
    const { body } = await get(`${jane}?excludedAttributes=timezone,emails.type,id,${ENTERPRISE}:department,${CUSTOM}`);
    expect(body).not.toHaveProperty('timezone');
    expect(body).not.toHaveProperty([CUSTOM]);
    expect(body).toHaveProperty('id');
    expect(body['emails']).toMatchObject([{ primary: true }, { primary: false }]);
    expect(JSON.stringify(body['emails'])).not.toContain('type');
    expect(body[ENTERPRISE]).toEqual({ organization: 'Acme Inc.' });
  });

  it('exclude one another, without a write', async () => {
    const answer = await put(`${jane}?attributes=id&excludedAttributes=title`, minimal);
    expect(answer.body['scimType']).toBe('invalidValue');
    expect((await get(jane)).body['title']).toBe('Product Manager');
  });
});

describe('listing', () => {
  it.each([
    ['userName eq "JANE.DOE@acme.example"', 1],
    ['username EQ "jsmith"', 1],
    ['userName eq "john.smith@acme.example"', 0],
    ['externalId eq "00u1Acme"', 1],
    ['externalId eq "00u1ACME"', 0],
  ])('filters by %s', async (filter, total) => {
    expect((await find(filter)).body['totalResults']).toBe(total);
  });

  it.each([
    'emails.value eq "jane.doe@acme.example"',
    'userName sw "jane"',
    'userName eq "a" or userName eq "b"',
    'userName eq jane',
    'displayName eq "Jane Doe"',
  ])('rejects the filter %s', async (filter) => {
    const { status, body } = await find(filter);
    expect([status, body['scimType'], body['detail']]).toEqual([
      400,
      'invalidFilter',
      'Resource [USER] invalid filter',
    ]);
  });

  it('pages from 1', async () => {
    const { body } = await get(`${users}?startIndex=7&count=5`);
    expect(body).toMatchObject({ totalResults: 8, startIndex: 7, itemsPerPage: 2 });
    expect((await get(`${users}?startIndex=0&count=1`)).body).toMatchObject({ startIndex: 1, itemsPerPage: 1 });
  });
});

describe('ETags', () => {
  const config = users.replace('/Users', '/ServiceProviderConfig');

  it('are off by default: none is sent, If-Match is ignored', async () => {
    expect((await get(config)).body['etag']).toEqual({ supported: false });
    expect((await get(jane)).headers.get('etag')).toBeNull();
    expect((await put(jane, minimal, { 'If-Match': 'W/"stale"' })).status).toBe(200);
  });

  it('are honoured when switched on', async () => {
    at.sandbox.vendors.atlassian.options.etag = true;
    expect((await get(config)).body['etag']).toEqual({ supported: true });
    const { headers, body } = await get(jane);
    const etag = headers.get('etag') ?? '';
    expect(etag).toMatch(/^W\/"/);
    expect((body['meta'] as JsonRecord)['version']).toBe(etag);
    const first = await put(jane, minimal, { 'If-Match': etag });
    expect(first.status).toBe(200);
    expect(first.headers.get('etag')).not.toBe(etag);
    const second = await put(jane, minimal, { 'If-Match': etag });
    expect([second.status, second.body['status']]).toEqual([412, '412']);
    expect((await put(jane, minimal, { 'If-Match': '*' })).status).toBe(200);
  });
});
