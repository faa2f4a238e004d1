import { describe, expect, it } from 'vitest';
import { credentials, type JsonRecord, type JsonValue } from '../../src/sandbox/index.ts';
import { pathOf, send, useSandbox } from '../support/vendors/sandbox.ts';

const at = useSandbox();
const jane = pathOf('mediasilo', 'jane');
const get = (path: string, headers = {}) => send(at.sandbox, 'mediasilo', 'GET', path, { headers });
const put = (body: JsonValue, path = jane) => send(at.sandbox, 'mediasilo', 'PUT', path, { body });
const { sessionKey, key, secret } = credentials.mediasilo;

describe('auth', () => {
  it.each<[string, Record<string, string | null>, number]>([
    ['Basic', {}, 200],
    ['Basic without host context', { MediaSiloHostContext: null }, 401],
    ['Basic with another host', { MediaSiloHostContext: 'other' }, 401],
    ['a wrong password', { Authorization: 'Basic YTpi' }, 401],
    ['a session', { Authorization: null, MediaSiloSessionKey: sessionKey }, 200],
    [
      'a session without host context',
      { Authorization: null, MediaSiloHostContext: null, MediaSiloSessionKey: sessionKey },
      401,
    ],
    ['a wrong session', { Authorization: null, MediaSiloSessionKey: 'x' }, 401],
    ['key and secret', { Authorization: null, 'x-key': key, 'x-secret': secret }, 200],
    [
      'key and secret alone',
      { Authorization: null, MediaSiloHostContext: null, 'x-key': key, 'x-secret': secret },
      200,
    ],
    ['a key with a wrong secret', { Authorization: null, 'x-key': key, 'x-secret': 'x' }, 401],
    ['nothing', { Authorization: null }, 401],
  ])('with %s', async (_, headers, status) => {
    expect((await get('/me', headers)).status).toBe(status);
  });

  it('rejects writes without the role', async () => {
    at.sandbox.vendors.mediasilo.options.forbidden = true;
    expect((await put({ company: 'X' })).status).toBe(403);
  });
});

describe('PUT', () => {
  it('keeps omitted fields and responds with an empty body', async () => {
    const before = (await get(jane)).body;
    const answer = await put({ company: 'New Inc.' });
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect((await get(jane)).body).toEqual({ ...before, company: 'New Inc.' });
  });

  it('responds with the user when the option says so, without the password', async () => {
    at.sandbox.vendors.mediasilo.options.putBody = true;
    const { body } = await put({ company: 'New Inc.', password: 'Brand-New1' });
    expect(body['company']).toBe('New Inc.');
    expect(body).not.toHaveProperty('password');
    const held = at.sandbox.vendors.mediasilo.users.get(jane.slice('/users/'.length));
    expect(held?.['password']).toBe('Brand-New1');
  });

  it('deletes first and last name with empty data, and only those', async () => {
    await put({ firstName: '', lastName: '', phone: '' });
    const { body } = await get(jane);
    expect(body).not.toHaveProperty('firstName');
    expect(body).not.toHaveProperty('lastName');
    expect(body['phone']).toBe('');
  });

  it('replaces the address whole', async () => {
    await put({ address: { city: 'Oakland' } });
    expect((await get(jane)).body['address']).toEqual({ city: 'Oakland' });
  });

  it('ignores unknown and read-only keys', async () => {
    await put({ id: 'x', accountId: 'x', roles: [], nickname: 'x' });
    const { body } = await get(jane);
    expect(body['id']).toBe(jane.slice('/users/'.length));
    expect(body['roles']).toHaveLength(1);
    expect(body).not.toHaveProperty('nickname');
  });

  it.each<[string, JsonRecord]>([
    ['userName', { userName: '' }],
    ['userName', { userName: 'jane doe' }],
    ['userName', { userName: 'Misaki.Tanaka' }],
    ['email', { email: '' }],
    ['password', { password: '' }],
    ['password', { password: 'Sh0rt-a' }],
    ['password', { password: 'nouppercase-1' }],
    ['password', { password: 'NOLOWERCASE-1' }],
    ['password', { password: 'NoDigits-here' }],
    ['password', { password: 'NoSpecial1234' }],
    ['password', { password: 'X-Jane.Doe@acme.example-1' }],
    ['password', { userName: 'newname', password: 'X-NewName-123' }],
    ['status', { status: 'active' }],
    ['sso', { sso: 'true' }],
    ['ssoId', { sso: false, ssoId: 'jane' }],
    ['address', { address: 'Market St' }],
    ['company', { company: null }],
  ])('rejects %s in %j and changes nothing', async (field, body) => {
    const before = (await get(jane)).text;
    const answer = await put({ mobile: '1', ...body });
    expect(answer.status).toBe(400);
    expect(answer.body['errors']).toMatchObject([{ field }]);
    expect((await get(jane)).text).toBe(before);
  });

  it('accepts ssoId with sso in the request or in the record', async () => {
    const john = pathOf('mediasilo', 'john');
    expect((await put({ ssoId: 'jane-2' })).status).toBe(200);
    expect((await put({ ssoId: 'john' }, john)).status).toBe(400);
    expect((await put({ sso: true, ssoId: 'john' }, john)).status).toBe(200);
  });

  it.each('-+_!@#$%^&*,.'.split(''))('accepts %s as the special character', async (char) => {
    expect((await put({ password: `Abcdef12${char}` })).status).toBe(200);
  });

  it('keeps a deleted user readable as DELETED', async () => {
    await put({ status: 'DELETED' });
    expect((await get(jane)).body['status']).toBe('DELETED');
  });
});

describe('querying', () => {
  const query = (field: string, value: string) => get(`/users?${field}=${encodeURIComponent(value)}`);

  it.each([
    ['email', 'Jane.Doe@acme.example', 1],
    ['lastName', 'Lee', 2],
    ['email', '{"ct":"anna.lee"}', 2],
    ['status', '{"neq":"ACTIVE"}', 1],
    ['numericId', '{"bt":"220101,220103"}', 3],
    ['numericId', '{"gt":"220105"}', 2],
    ['numericId', '{"lt":"220101"}', 1],
    ['userName', '{"in":"misaki.tanaka,jane.doe@acme.example"}', 2],
    ['password', '{"ct":"Held"}', 0],
    ['nosuchfield', 'x', 0],
  ])('by %s=%s', async (field, value, total) => {
    const { json, headers } = await query(field, value);
    expect(json).toHaveLength(total);
    expect(headers.get('total-results')).toBe(String(total));
  });

  it('pages with a Link to the next page', async () => {
    const first = await get('/users?_pageSize=3&_page=1&_sortBy=email&_sort=desc');
    expect(first.json).toMatchObject([{ firstName: 'Priya' }, { firstName: '美咲' }, { firstName: 'Max' }]);
    const next = /<(.*)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    const second = await get(next.slice(`${at.sandbox.url}/mediasilo`.length));
    expect(second.json).toMatchObject([{ firstName: 'John' }, { firstName: 'Jane' }, { lastName: 'Lee' }]);
    expect((await query('email', '{"like":"x"}')).status).toBe(400);
  });
});
