import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { isObject, type JsonRecord, type JsonValue } from '../../src/sandbox/json.ts';
import { keycloak } from '../../src/sandbox/vendors/keycloak/api.ts';
import { credentials } from '../../src/sandbox/vendors/keycloak/credentials.ts';
import { people } from '../../src/sandbox/vendors/keycloak/people.ts';
import { useLoneVendor } from '../support/vendors/lone-vendor.ts';

const at = useLoneVendor(keycloak);
const { realm, clientId, clientSecret } = credentials;
const JANE = people.ids.jane;
const USERS = `/admin/realms/${realm}/users`;
const jane = `${USERS}/${JANE}`;
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const GRANT = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
let token: string;

const request = (form: Record<string, string>, headers = {}, realmName: string = realm) =>
  at.send(
    'POST',
    `/realms/${realmName}/protocol/openid-connect/token`,
    { ...FORM, ...headers },
    `${new URLSearchParams(form)}`,
  );
const fresh = async () => String((await request(GRANT)).body['access_token']);
const as = (bearer: string) => ({ authorization: `Bearer ${bearer}` });
const get = (path: string) => at.send('GET', path, as(token));
const put = (body: JsonValue, path = jane) => at.send('PUT', path, as(token), body);
const held = (id: string = JANE): JsonRecord => at.vendor.users.get(id) ?? {};
const copy = () => structuredClone(held());
const namesOf = (json: JsonValue) =>
  (Array.isArray(json) ? json : []).map((user) => (isObject(user) ? user['firstName'] : undefined));

beforeEach(async () => {
  token = await fresh();
});

describe('tokens', () => {
  it('come for the credentials of the client, in the form or as Basic, and differ', async () => {
    const basic = Buffer.from(`${clientId}:${encodeURIComponent(clientSecret)}`).toString('base64');
    const answer = await request({ grant_type: 'client_credentials' }, { authorization: `Basic ${basic}` });
    expect(answer.body).toMatchObject({ token_type: 'Bearer', expires_in: 60 });
    expect(answer.body['access_token']).not.toBe(token);
    expect((await request({ ...GRANT, client_secret: 'wrong' })).body['error']).toBe('invalid_client');
    expect((await request({ ...GRANT, grant_type: 'password' })).body['error']).toBe('unsupported_grant_type');
    expect((await request(GRANT, {}, 'other')).status).toBe(404);
  });

  it('expire, and can be revoked', async () => {
    at.vendor.options.tokenSeconds = 0.05;
    const short = await fresh();
    expect((await at.send('GET', jane, as(short))).status).toBe(200);
    await sleep(80);
    const late = await at.send('GET', jane, as(short));
    expect([late.status, late.body]).toEqual([401, { error: 'HTTP 401 Unauthorized' }]);
    at.vendor.options.tokensNotBefore = Date.now() + 1;
    expect((await get(jane)).status).toBe(401);
    expect((await at.send('GET', jane, as(`${token}x`))).status).toBe(401);
  });

  it('are for this realm', async () => {
    expect((await get(`/admin/realms/other/users/${JANE}`)).body).toEqual({ error: 'Realm not found.' });
  });
});

describe('PUT', () => {
  it('answers 204, and keeps whatever is not sent', async () => {
    const before = copy();
    const { status, text } = await put({ firstName: 'Janet', enabled: false });
    expect([status, text]).toEqual([204, '']);
    expect(held()).toEqual({ ...before, firstName: 'Janet', enabled: false });
  });

  it('replaces the attributes as a whole, and loses e-mail and names that are not sent with them', async () => {
    const before = copy();
    await put({ username: before['username'] ?? '', attributes: { jobTitle: ['Head'] } });
    const { email: _, firstName: __, lastName: ___, ...rest } = before;
    expect(held()).toEqual({ ...rest, attributes: { jobTitle: ['Head'] } });
  });

  it('keeps e-mail and names that are sent with the attributes', async () => {
    const before = copy();
    const { username = '', email = '', firstName = '', lastName = '' } = before;
    await put({ username, email, firstName, lastName, attributes: { jobTitle: 'Head', phones: [' '] } });
    expect(held()).toEqual({ ...before, attributes: { jobTitle: ['Head'] } });
    await put({ username, email, firstName, lastName, attributes: {} });
    expect((await get(jane)).body).not.toHaveProperty('attributes');
  });

  it('takes a name from the attributes, if it is nowhere else', async () => {
    const { username = '', email = '', lastName = '' } = copy();
    await put({
      username,
      email,
      lastName,
      attributes: { firstName: ['Eve'], lastName: ['Eve'], email: ['e@x.example'] },
    });
    expect(held()).toMatchObject({ firstName: 'Eve', lastName, email });
    expect(held()).not.toHaveProperty('attributes');
  });

  it('needs the user name with attributes where it can be edited', async () => {
    expect((await put({ attributes: {} })).body).toEqual({ errorMessage: 'User name is missing' });
    at.vendor.options.editUsername = false;
    expect((await put({ attributes: {} })).status).toBe(204);
    expect((await put({ username: 'janet' })).body['errorMessage']).toBe('error-user-attribute-read-only');
  });

  it('removes with an empty text, and writes user name and e-mail in lower case', async () => {
    await put({ lastName: '', email: 'Jane.NEW@acme.example', username: 'JaneD' });
    expect(held()).toMatchObject({ email: 'jane.new@acme.example', username: 'janed' });
    expect(held()).not.toHaveProperty('lastName');
  });

  it('takes the new e-mail as user name where the realm says so', async () => {
    at.vendor.options.emailAsUsername = true;
    await put({ email: 'jane.new@acme.example' });
    expect(held()['username']).toBe('jane.new@acme.example');
  });

  it('removes required actions that are not sent, and drops those it does not have', async () => {
    await put({ requiredActions: ['VERIFY_EMAIL', 'CONFIGURE_TOTP', 'DANCE'] });
    expect(held()['requiredActions']).toEqual(['CONFIGURE_TOTP', 'VERIFY_EMAIL']);
  });

  it('drops attributes that nobody declared where the realm does not manage them', async () => {
    at.vendor.options.unmanagedAttributes = false;
    const { username = '', email = '' } = copy();
    await put({ username, email, attributes: { jobTitle: ['Head'], badge: ['7'] } });
    expect(held()['attributes']).toEqual({ jobTitle: ['Head'] });
  });

  it('asks for a new password after a temporary one, and shows neither', async () => {
    await put({ requiredActions: [] });
    await put({ credentials: [{ type: 'password', value: 'N3w', temporary: true }] });
    expect(held()).toMatchObject({ requiredActions: ['UPDATE_PASSWORD'], credentials: [{ value: 'N3w' }] });
    expect((await get(jane)).text).not.toContain('N3w');
  });

  it.each<[string, JsonRecord, number, JsonRecord]>([
    [
      'an address of another',
      { email: 'John.Smith@acme.example' },
      409,
      { errorMessage: 'User exists with same email' },
    ],
    ['a name of another', { username: 'jsmith' }, 409, { errorMessage: 'User exists with same username' }],
    ['what is no address', { email: 'nobody' }, 400, { field: 'email', errorMessage: 'error-invalid-email' }],
    ['a key that the server does not know', { nickName: 'x' }, 400, { error: 'invalid_request' }],
    ['another type', { enabled: 'yes' }, 400, { error: 'invalid_request' }],
  ])('refuses %s, and changes nothing', async (_, body, status, expected) => {
    const before = copy();
    const answer = await put(body);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject(expected);
    expect(held()).toEqual(before);
  });

  it('lists several faults', async () => {
    const { body } = await put({ username: 'x', email: 'nobody' });
    expect(body['errors']).toMatchObject([{ field: 'username' }, { field: 'email' }]);
  });
});

describe('lists', () => {
  it('match by parts, or exactly, and by any name with a search', async () => {
    const names = async (query: string) => namesOf((await get(`${USERS}?${query}`)).json);
    expect(await names('email=jane')).toEqual(['Jane']);
    expect(await names('email=jane&exact=true')).toEqual([]);
    expect(await names('email=JANE.DOE%40acme.example&exact=true')).toEqual(['Jane']);
    expect(await names('username=jsmith&exact=true')).toEqual(['John']);
    expect(await names('lastName=lee&firstName=anna')).toHaveLength(2);
    expect(await names('search=ann')).toHaveLength(2);
    expect(await names('search=nna')).toEqual([]);
    expect(await names('search=*nna')).toHaveLength(2);
    expect(await names('search=%22jane%22&email=john')).toEqual(['Jane']);
    expect(await names('search=doe+jane')).toEqual(['Jane']);
    expect(await names(`search=id:${JANE}`)).toEqual(['Jane']);
    expect(await names('enabled=false')).toEqual(['Max']);
  });

  it('are paged by offset', async () => {
    const pages = await Promise.all([0, 3, 6, 9].map((first) => get(`${USERS}?first=${first}&max=3`)));
    expect(pages.map(({ json }) => namesOf(json).length)).toEqual([3, 3, 2, 0]);
    expect(new Set(pages.flatMap(({ json }) => (Array.isArray(json) ? json : []))).size).toBe(8);
    expect((await get(`${USERS}/count`)).json).toBe(8);
    expect((await get(`${USERS}?max=1&briefRepresentation=true`)).text).not.toContain('attributes');
  });
});
