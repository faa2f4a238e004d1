import { describe, expect, it } from 'vitest';
import type { JsonRecord } from '../../../src/sandbox/index.ts';
import { BADGE, CORE, ENTERPRISE } from '../../../src/sandbox/vendors/scim/schemas.ts';
import { useDirectory } from '../../support/scim/directory.ts';

const at = useDirectory();
const john = [...at.vendor.users].find(([, { displayName }]) => displayName === 'John Smith')?.[0] ?? '';
const minimal = { schemas: [CORE], userName: 'jsmith' };
const read = async (id = at.jane) => (await at.get(`/Users/${id}`)).body;
const idOf = (name: string) => [...at.vendor.users].find(([, user]) => user['displayName'] === name)?.[0] ?? '';

it('needs the token, and answers in SCIM', async () => {
  const { status, body, headers } = await at.send('GET', '/Users', undefined, { authorization: 'Bearer other' });
  expect([status, body['status'], headers.get('content-type')]).toEqual([
    401,
    '401',
    'application/scim+json; charset=utf-8',
  ]);
  expect((await at.get('/Users/none')).status).toBe(404);
  expect((await at.send('DELETE', `/Users/${at.jane}`)).status).toBe(405);
});

describe('PUT', () => {
  it('removes what is not sent, and ignores what is read-only', async () => {
    const { id, groups } = await read(john);
    const { status, body } = await at.put(john, { ...minimal, id: 'other', groups: [], meta: { created: 'x' } });
    expect(status).toBe(200);
    expect({ ...body, meta: null }).toEqual({ ...minimal, id, groups, meta: null });
  });

  it('changes nothing but the time when a user goes back as read', async () => {
    for (const id of at.vendor.users.keys()) {
      const before = await read(id);
      const { text, body } = await at.put(id, before);
      expect({ ...body, meta: null }, text).toEqual({ ...before, meta: null });
    }
    expect((await at.get(`/Users/${idOf('Priya Natarajan')}`)).text).toContain('"loginCount":9223372036854775807');
  });

  it.each<[string, JsonRecord, string]>([
    ['no schemas', { schemas: [] }, 'invalidSyntax'],
    ['no userName', { userName: '' }, 'invalidValue'],
    ['an attribute of nobody', { department: 'Platform' }, 'invalidSyntax'],
    ['an extension that is not listed', { schemas: [CORE, BADGE] }, 'invalidSyntax'],
    [
      'two primary values',
      {
        emails: [
          { value: 'a@acme.example', primary: true },
          { value: 'b@acme.example', primary: true },
        ],
      },
      'invalidValue',
    ],
    ['another immutable value', { [BADGE]: { colour: 'red' } }, 'mutability'],
  ])('refuses %s', async (_, wrong, scimType) => {
    const before = await read();
    const { status, body } = await at.put(at.jane, { ...before, ...wrong });
    expect([status, body['scimType']]).toEqual([400, scimType]);
    expect(await read()).toEqual(before);
  });

  it('suspends without active where the service does', async () => {
    at.vendor.options.suspendsWithoutActive = true;
    expect((await at.put(john, minimal)).body['active']).toBe(false);
  });
});

describe('entity tags', () => {
  it('count where they are announced, and only there', async () => {
    const stale = { 'if-match': 'W/"0"' };
    expect((await at.patch(john, [{ op: 'remove', path: 'title' }], stale)).status).toBe(200);
    at.vendor.options.etag = true;
    const { headers, body } = await at.get(`/Users/${john}`);
    expect((body['meta'] as JsonRecord)['version']).toBe(headers.get('etag'));
    expect((await at.put(john, minimal, stale)).status).toBe(412);
    expect((await at.put(john, minimal, { 'if-match': headers.get('etag') ?? '' })).status).toBe(200);
    expect((await at.put(john, minimal, { 'if-match': headers.get('etag') ?? '' })).status).toBe(412);
  });
});

describe('lists', () => {
  const find = async (filter: string) => {
    const { status, body } = await at.get(`/Users?filter=${encodeURIComponent(filter)}`);
    return status === 200
      ? ((body['Resources'] ?? []) as JsonRecord[]).map((user) => user['userName'])
      : body['scimType'];
  };

  it('are filtered', async () => {
    expect(await find('userName eq "JSMITH"')).toEqual(['jsmith']);
    expect(await find('emails.value eq "john.smith@acme.example"')).toEqual(['jsmith']);
    expect(await find('emails eq "john.smith@acme.example"')).toEqual(['jsmith']);
    expect(await find('externalId eq "EXT-2"')).toEqual([]);
    expect(await find('displayName eq "Anna Lee" and not (active eq false)')).toHaveLength(2);
    expect(await find(`${ENTERPRISE}:department eq "Sales"`)).toEqual(['max.mueller@acme.example']);
    expect(await find('emails[type eq "home" and value co "mail"]')).toEqual(['jane.doe@acme.example']);
    for (const wrong of ['userName', 'userName eq', 'userName is "x"', 'userName eq x', '(userName eq "x"']) {
      expect(await find(wrong), wrong).toBe('invalidFilter');
    }
  });

  it('take only the filters a service has', async () => {
    at.vendor.options.filters = ['userName'];
    expect(await find('username eq "jsmith"')).toEqual(['jsmith']);
    for (const wrong of ['externalId eq "ext-2"', 'userName sw "j"', 'userName eq "a" or userName eq "b"']) {
      expect(await find(wrong), wrong).toBe('invalidFilter');
    }
  });

  it('have pages that count from 1', async () => {
    const { body } = await at.get('/Users?startIndex=3&count=2');
    expect([body['totalResults'], body['startIndex'], body['itemsPerPage']]).toEqual([8, 3, 2]);
    expect((await at.get('/Users?filter=userName+eq+"none"')).body).not.toHaveProperty('Resources');
  });
});

describe('discovery', () => {
  it('says what is supported', async () => {
    const { body } = await at.get('/ServiceProviderConfig');
    expect([body['patch'], body['etag']]).toEqual([{ supported: true }, { supported: false }]);
    at.vendor.options.immutable = ['userName'];
    const schemas = (await at.get('/Schemas')).text;
    expect(schemas).toContain(
      '"name":"userName","type":"string","multiValued":false,"required":true,"mutability":"immutable"',
    );
    expect((await at.get('/ResourceTypes')).body['totalResults']).toBe(1);
  });

  it.each([403, 404, 501, 500])('may be answered with %i', async (status) => {
    at.vendor.options.discovery = status;
    expect((await at.get('/ServiceProviderConfig')).status).toBe(status);
    expect((await at.get('/Schemas')).status).toBe(status);
  });
});

describe('switches', () => {
  it('refuse PATCH, media types, many operations, paths, second values and fixed attributes', async () => {
    const title = [{ op: 'replace', path: 'title', value: 'x' }];
    at.vendor.options.patch = false;
    expect((await at.patch(at.jane, title)).status).toBe(501);
    at.vendor.reset();
    at.vendor.options.mediaTypes = ['application/json'];
    expect((await at.patch(at.jane, title)).status).toBe(415);
    expect((await at.patch(at.jane, title, { 'content-type': 'application/json' })).status).toBe(200);
    at.vendor.reset();
    at.vendor.options.maxOperations = 1;
    expect((await at.patch(at.jane, [...title, ...title])).status).toBe(400);
    at.vendor.reset();
    at.vendor.options.objectStyle = true;
    expect((await at.patch(at.jane, title)).body['scimType']).toBe('invalidPath');
    expect((await at.patch(at.jane, [{ op: 'remove', path: 'title' }])).status).toBe(200);
    at.vendor.reset();
    at.vendor.options.oneValue = true;
    expect((await at.patch(at.jane, title)).body['scimType']).toBe('invalidValue');
    at.vendor.reset();
    at.vendor.options.immutable = ['title'];
    expect((await at.patch(at.jane, title)).body['scimType']).toBe('mutability');
  });

  it('remove a user who is set inactive', async () => {
    at.vendor.options.activeFalse = 'removes';
    const { status, body } = await at.patch(at.jane, [{ op: 'replace', path: 'active', value: false }]);
    expect([status, body['active']]).toEqual([200, false]);
    expect((await at.get(`/Users/${at.jane}`)).status).toBe(404);
  });

  it('answer without content, and spell names in lower case', async () => {
    at.vendor.options.noContent = true;
    const { status, text } = await at.patch(at.jane, [{ op: 'remove', path: 'title' }]);
    expect([status, text]).toEqual([204, '']);
    at.vendor.options.spelling = 'lower';
    const user = await read();
    expect(user).toMatchObject({
      username: 'jane.doe@acme.example',
      [ENTERPRISE.toLowerCase()]: { costcenter: '4130' },
    });
    expect((await at.put(at.jane, user)).status).toBe(204);
    expect({ ...(await read()), meta: null }).toEqual({ ...user, meta: null });
  });
});
