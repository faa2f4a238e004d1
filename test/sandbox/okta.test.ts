import { describe, expect, it } from 'vitest';
import { isObject, type JsonRecord, type JsonValue } from '../../src/sandbox/json.ts';
import { okta } from '../../src/sandbox/vendors/okta/api.ts';
import { credentials } from '../../src/sandbox/vendors/okta/credentials.ts';
import { people } from '../../src/sandbox/vendors/okta/people.ts';
import { useLoneVendor } from '../support/vendors/lone-vendor.ts';

const at = useLoneVendor(okta);
const JANE = people.ids.jane;
const jane = `/api/v1/users/${JANE}`;
const TOKEN = { authorization: `SSWS ${credentials.token}` };

const get = (path: string) => at.send('GET', path, TOKEN);
const post = (body: JsonValue, headers = {}, path = jane) => at.send('POST', path, { ...TOKEN, ...headers }, body);
const put = (body: JsonValue) => at.send('PUT', jane, TOKEN, body);
const profileOf = (record: JsonRecord | undefined) => (isObject(record?.['profile']) ? record['profile'] : {});
const held = () => at.vendor.users.get(JANE) ?? {};
const namesOf = (json: JsonValue) =>
  (Array.isArray(json) ? json : []).map((user) => (isObject(user) ? profileOf(user)['firstName'] : undefined));
const search = (kind: string, text: string) => get(`/api/v1/users?${kind}=${encodeURIComponent(text)}`);

describe('reading', () => {
  it('takes SSWS tokens only, and answers errors with code, link, id and causes', async () => {
    const { status, body } = await at.send('GET', jane, { authorization: `Bearer ${credentials.token}` });
    expect(status).toBe(401);
    expect(body).toMatchObject({ errorCode: 'E0000011', errorLink: 'E0000011', errorCauses: [] });
    expect(typeof body['errorId']).toBe('string');
  });

  it('finds by id, by login, by the start of an unambiguous login, and whose token it is', async () => {
    for (const name of [people.ids.john, 'jsmith@login.acme.example', 'JSmith']) {
      expect((await get(`/api/v1/users/${encodeURIComponent(name)}`)).body['id']).toBe(people.ids.john);
    }
    expect((await get('/api/v1/users/me')).body['id']).toBe(people.ids.alex);
    expect((await get('/api/v1/users/nobody')).body['errorCode']).toBe('E0000007');
  });

  it('shows that there is a password, and neither it nor the answer', async () => {
    const { body, text } = await get(jane);
    expect(body['credentials']).toMatchObject({ password: {}, recovery_question: { question: expect.any(String) } });
    expect(text).not.toMatch(/Passw0rd|Teacher 1/);
  });
});

describe('POST', () => {
  it('changes what is sent, and unsets what is null', async () => {
    const before = held();
    const { status, body } = await post({ profile: { title: 'Head', nickName: null, badge: 'B-2' } });
    expect(status).toBe(200);
    const { nickName: _, ...rest } = profileOf(before);
    expect(profileOf(body)).toEqual({ ...rest, title: 'Head', badge: 'B-2' });
    expect(String(body['lastUpdated']) > String(before['lastUpdated'])).toBe(true);
  });

  it('ignores a status, and refuses another type of user', async () => {
    expect((await post({ status: 'SUSPENDED', profile: { title: 'x' } })).body['status']).toBe('ACTIVE');
    expect((await post({ type: { id: 'otyfnjfba4ye7pgjB0g5' } })).status).toBe(400);
  });

  it.each([
    ['a property that the schema does not have', { shoeSize: '43' }, 'shoeSize: '],
    ['another type', { level: 'five' }, 'level: '],
    ['a text beyond its limit', { countryCode: 'USA' }, 'countryCode: '],
    ['a required property', { email: null }, 'email: '],
    ['a login that somebody has but for case and marks', { login: 'JOHN.SMITH@login.acme.example' }, ''],
  ])('refuses %s, and changes nothing', async (_, profile, cause) => {
    const login = 'jöhn.smith@login.acme.example';
    Object.assign(profileOf(at.vendor.users.get(people.ids.john)), { login });
    const before = structuredClone(held());
    const { status, body } = await post({ profile });
    expect([status, body['errorCode']]).toEqual([400, 'E0000001']);
    expect(body['errorCauses']).toMatchObject([{ errorSummary: expect.stringContaining(cause) }]);
    expect(held()).toEqual(before);
  });

  it('is conditional by If-Match', async () => {
    const tag = (await get(jane)).headers.get('etag') ?? '';
    expect(tag).toMatch(/^W\/"/);
    expect((await post({ profile: { title: 'One' } }, { 'if-match': tag })).status).toBe(200);
    expect((await post({ profile: { title: 'Two' } }, { 'if-match': tag })).status).toBe(412);
    expect(profileOf(held())['title']).toBe('One');
  });

  it('sets a password by its policy', async () => {
    expect((await post({ credentials: { password: { value: 'short' } } })).status).toBe(400);
    expect((await post({ credentials: { password: { value: 'N3w-Password' } } })).status).toBe(200);
    expect(held()['credentials']).toMatchObject({ password: { value: 'N3w-Password' }, provider: { type: 'OKTA' } });
  });

  it('does not change deactivated users where the org does not allow it', async () => {
    const max = `/api/v1/users/${people.ids.max}`;
    expect((await post({ profile: { title: 'x' } }, {}, max)).status).toBe(200);
    at.vendor.options.deactivatedReadOnly = true;
    expect((await post({ profile: { title: 'y' } }, {}, max)).body['errorCode']).toBe('E0000038');
  });
});

it('deletes with PUT every property of the profile that is not sent', async () => {
  const profile = { login: 'jane@acme.example', email: 'jane@acme.example', firstName: 'Jane' };
  expect(profileOf((await put({ profile })).body)).toEqual(profile);
  expect((await put({ profile: { title: 'x' } })).body['errorCode']).toBe('E0000001');
});

it('changes the status by lifecycle calls', async () => {
  const call = (change: string) => at.send('POST', `${jane}/lifecycle/${change}`, TOKEN);
  expect((await call('suspend')).status).toBe(200);
  expect(held()['status']).toBe('SUSPENDED');
  expect((await call('suspend')).body['errorCode']).toBe('E0000038');
  expect((await call('vanish')).status).toBe(404);
});

describe('lists', () => {
  it('searches any property without regard to case, and filters a few by exact value', async () => {
    expect(namesOf((await search('search', 'profile.email eq "JANE.doe@acme.example"')).json)).toEqual(['Jane']);
    expect(namesOf((await search('search', 'profile.mentors eq "alex"')).json)).toEqual(['Jane']);
    const both = 'profile.lastName sw "le" and profile.firstName eq "anna" or id eq "nobody"';
    expect(namesOf((await search('search', both)).json)).toEqual(['Anna', 'Anna']);
    expect(namesOf((await search('filter', 'profile.login eq "jsmith@login.acme.example"')).json)).toEqual(['John']);
    expect(namesOf((await search('filter', 'profile.login eq "JSMITH@login.acme.example"')).json)).toEqual([]);
    for (const [kind, text] of [
      ['filter', 'profile.title eq "x"'],
      ['search', 'profile.title co "x"'],
      ['search', 'profile.email eq "x'],
      ['search', 'nothing eq "x"'],
    ] as const) {
      expect((await search(kind, text)).body['errorCode'], text).toBe('E0000031');
    }
  });

  it('shows the deactivated to searches only', async () => {
    expect(namesOf((await get('/api/v1/users')).json)).toHaveLength(7);
    expect(namesOf((await search('search', 'status eq "DEPROVISIONED"')).json)).toEqual(['Max']);
    expect(namesOf((await search('q', 'max')).json)).toEqual([]);
  });

  it('leads to the next page by a Link header with an opaque cursor', async () => {
    const seen: unknown[] = [];
    let next: string | undefined = '/api/v1/users?search=status%20sw%20%22%22&limit=3';
    for (let pages = 0; next !== undefined; pages += 1) {
      const { json, headers } = await get(next);
      seen.push(...namesOf(json));
      const url = /<([^>]*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
      expect(url === undefined || url.startsWith(at.url)).toBe(true);
      expect(pages).toBeLessThan(3);
      next = url?.slice(at.url.length);
    }
    expect(seen).toHaveLength(8);
    expect((await get('/api/v1/users?after=3')).status).toBe(400);
  });

  it('lags behind writes with searches, and nowhere else', async () => {
    at.vendor.options.searchLagMs = 60_000;
    await post({ profile: { nickName: 'New' } });
    const byName = async (name: string) => namesOf((await search('search', `profile.nickName eq "${name}"`)).json);
    expect([await byName('JD'), await byName('New')]).toEqual([['Jane'], []]);
    expect(profileOf((await get(jane)).body)['nickName']).toBe('New');
    at.vendor.options.searchLagMs = 0;
    expect([await byName('JD'), await byName('New')]).toEqual([[], ['Jane']]);
  });
});

it('tells the time of the reset in epoch seconds, and answers 429 until then', async () => {
  const until = Date.now() + 3600_000;
  at.vendor.options.quota = { left: 1, until };
  const first = await get(jane);
  expect([first.status, first.headers.get('x-rate-limit-remaining')]).toEqual([200, '0']);
  const second = await get(jane);
  expect([second.status, second.body['errorCode']]).toEqual([429, 'E0000047']);
  expect(Number(second.headers.get('x-rate-limit-reset'))).toBe(Math.ceil(until / 1000));
  at.vendor.options.quota = { left: 0, until: Date.now() - 1 };
  expect((await get(jane)).status).toBe(200);
});
