import { describe, expect, it } from 'vitest';
import type { JsonRecord, JsonValue } from '../../src/sandbox/index.ts';
import { pathOf, send, useSandbox } from '../support/vendors/sandbox.ts';

const at = useSandbox();
const jane = pathOf('awork', 'jane');
const get = (path: string, headers = {}) => send(at.sandbox, 'awork', 'GET', path, { headers });
const put = (body: JsonValue) => send(at.sandbox, 'awork', 'PUT', jane, { body });
const names = (json: JsonValue) => (json as JsonRecord[]).map((user) => `${user['firstName']} ${user['lastName']}`);
const filter = (expression: string) => get(`/users?pageSize=100&filterby=${encodeURIComponent(expression)}`);

const whole = {
  firstName: 'Jane',
  lastName: 'Doe',
  birthDate: '1988-04-19T00:00:00Z',
  gender: 'female',
  title: 'Ms',
  position: 'Product Manager',
  language: 'en-US',
};

describe('auth', () => {
  it('responds with 401 to a wrong key and to a missing permission', async () => {
    expect((await get(jane, { Authorization: 'Bearer wrong' })).body).toMatchObject({ code: 'unauthorized' });
    at.sandbox.vendors.awork.options.forbidden = true;
    const { status, body } = await put(whole);
    expect(status).toBe(401);
    expect(Object.keys(body)).toEqual(['code', 'description', 'link', 'traceId', 'validationErrors']);
    expect((await get(jane)).status).toBe(200);
  });
});

describe('reading', () => {
  it('shows the seven fields under their write names, contact infos and rate-limit headers', async () => {
    const { body, headers } = await get(jane);
    expect(body).toMatchObject(whole);
    expect(body['userContactInfos']).toMatchObject([
      { type: 'email', value: 'jane.doe@acme.example' },
      { type: 'phone' },
    ]);
    expect(body).not.toHaveProperty('email');
    expect(headers.get('ratelimit-limit')).toBe('1000');
    expect(headers.get('ratelimit-remaining')).toBe('999');
    expect(Number(headers.get('ratelimit-reset'))).toBeGreaterThan(0);
  });

  it('has a resourceVersion that a double cannot hold', async () => {
    const version = (await get(jane)).body['resourceVersion'];
    expect(typeof version).toBe('bigint');
    expect(BigInt(Number(version))).not.toBe(version);
  });

  it('shows the owner of the key as me', async () => {
    expect((await get('/users/me')).body).toMatchObject({ firstName: 'Alex' });
  });

  it('responds to an unknown user with its own not-found error', async () => {
    const { status, body } = await get('/users/6e1f6f0a-52b1-4c3e-8f0d-000000000000');
    expect(status).toBe(404);
    expect(body).toMatchObject({ code: 'not-found', link: 'https://developers.awork.com/error-handling' });
  });
});

describe('PUT', () => {
  it('empties fields that are omitted or null', async () => {
    const { status, body } = await put({ position: 'Director', gender: null });
    expect(status).toBe(200);
    const empty = { firstName: '', lastName: '', birthDate: null, gender: '', title: '', language: '' };
    expect(body).toMatchObject({ ...empty, position: 'Director' });
    expect((await get(jane)).body).toMatchObject(empty);
  });

  it('changes nothing else when all seven are sent, and changes the version', async () => {
    const before = (await get(jane)).body;
    const after = (await put({ ...whole, position: 'Director' })).body;
    expect(BigInt(String(after['resourceVersion']))).toBeGreaterThan(BigInt(String(before['resourceVersion'])));
    expect(String(after['updatedOn']) > String(before['updatedOn'])).toBe(true);
    const { resourceVersion, updatedOn } = after;
    expect(after).toEqual({ ...before, position: 'Director', resourceVersion, updatedOn });
    const again = (await put({ ...whole, position: 'Director' })).body;
    expect(BigInt(String(again['resourceVersion']))).toBeGreaterThan(BigInt(String(resourceVersion)));
  });

  it('rejects additional properties, by name', async () => {
    const { status, body } = await put({ ...whole, resourceVersion: 1, email: 'x@y.example' });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      code: 'validation-failed',
      validationErrors: [{ property: 'resourceVersion' }, { property: 'email' }],
    });
  });

  it.each<[string, JsonValue, string]>([
    ['firstName', 'x'.repeat(1001), 'firstName'],
    ['gender', 'x'.repeat(26), 'gender'],
    ['title', 'x'.repeat(101), 'title'],
    ['language', 'x'.repeat(26), 'language'],
    ['position', 7, '$.position'],
    ['birthDate', '19.04.1988', '$.birthDate'],
    ['birthDate', '1988-13-01', '$.birthDate'],
  ])('rejects %s: %j', async (field, value, property) => {
    const { status, body } = await put({ ...whole, [field]: value });
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'validation-failed', validationErrors: [{ property }] });
  });

  it('rejects a birth date in the future', async () => {
    const { status, body } = await put({ ...whole, birthDate: '2999-01-01T00:00:00Z' });
    expect([status, body['code']]).toEqual([400, 'date-out-of-range']);
  });

  it.each([
    ['1988-04-20', '1988-04-20T00:00:00Z'],
    ['1988-04-20T02:00:00+02:00', '1988-04-20T00:00:00Z'],
    ['1998-04-19T00:00:000Z', '1998-04-19T00:00:00Z'],
  ])('reads the birth date %s back as %s', async (sent, read) => {
    expect((await put({ ...whole, birthDate: sent })).body['birthDate']).toBe(read);
  });
});

describe('listing', () => {
  it('pages with totals in headers, ten at a time', async () => {
    const { json, headers } = await get('/users?page=2&pageSize=3&orderby=firstName%20desc');
    expect(names(json)).toEqual(['John Smith', 'Jane Doe', 'Anna Lee']);
    expect(['page', 'pagesize', 'items', 'totalitems'].map((name) => headers.get(`aw-${name}`))).toEqual([
      '2',
      '3',
      '3',
      '8',
    ]);
    expect((await get('/users')).headers.get('aw-pagesize')).toBe('10');
    expect((await get('/users?pageSize=1001')).status).toBe(400);
  });

  it('leaves archived people out by default', async () => {
    const max = at.sandbox.vendors.awork.users.get(pathOf('awork', 'max').slice('/users/'.length));
    if (max) max['isArchived'] = true;
    expect((await get('/users')).headers.get('aw-totalitems')).toBe('7');
    expect((await get('/users?showArchived=true')).headers.get('aw-totalitems')).toBe('8');
  });

  it.each([
    ["firstName eq 'Jane'", ['Jane Doe']],
    ["firstName eq 'jane'", []],
    ["tolower(firstName) eq 'jane'", ['Jane Doe']],
    ["startswith(lastName,'Riv')", ['Alex Rivera']],
    ["substringof('mit',lastName)", ['John Smith']],
    ["substringof('中',lastName)", ['美咲 田中']],
    ["firstName eq 'Jane' or firstName eq 'Anna' and position eq 'Accountant'", ['Jane Doe', 'Anna Lee']],
    ["(firstName eq 'Jane' or firstName eq 'Anna') and position eq 'Accountant'", ['Anna Lee']],
    ["lastName eq 'O''Neil'", []],
  ])('filters by %s', async (expression, expected) => {
    const { status, json } = await filter(expression);
    expect(status).toBe(200);
    expect(names(json)).toEqual(expected);
  });

  it.each([
    "userContactInfos/any(c: c/value eq 'jane.doe@acme.example')",
    "email eq 'jane.doe@acme.example'",
    "firstName eq 'Jane",
    "firstName ne 'Jane'",
    'firstName eq',
    "firstName eq 'Jane' and",
  ])('rejects the filter %s', async (expression) => {
    const { status, body } = await filter(expression);
    expect([status, body['code']]).toEqual([400, 'invalid-filter-or-order']);
  });

  it('rejects an unknown order', async () => {
    expect((await get('/users?orderby=email')).body['code']).toBe('invalid-filter-or-order');
  });
});
