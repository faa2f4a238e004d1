import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../src/sandbox/index.ts';
import { pathOf, send, useSandbox } from '../support/vendors/sandbox.ts';

const at = useSandbox();
const jane = pathOf('dayzero', 'jane');
const get = (path: string, headers = {}) => send(at.sandbox, 'dayzero', 'GET', path, { headers });
const put = (body: JsonValue) => send(at.sandbox, 'dayzero', 'PUT', jane, { body });

describe('auth', () => {
  it('responds with 401 to a wrong token and with 404 to a wrong business, as to an unknown user', async () => {
    expect(await get(jane, { Authorization: null })).toMatchObject({
      status: 401,
      body: { detail: 'Invalid or expired token' },
    });
    const wrong = await get(jane, { 'x-business-id': '01918f3a-6c00-7b1e-8a44-000000000000' });
    expect(wrong.status).toBe(404);
    expect(typeof wrong.body['detail']).toBe('string');
    expect((await get(jane, { 'x-business-id': null })).status).toBe(422);
    expect((await get(jane, { 'x-user-email': 'alex.rivera@acme.example' })).status).toBe(200);
  });
});

describe('PUT', () => {
  it('keeps omitted fields, responds with the bare user and changes updated_at', async () => {
    const before = (await get(jane)).body;
    const { status, body } = await put({ first_name: 'Janet' });
    expect(status).toBe(200);
    expect(body).toEqual({ ...before, first_name: 'Janet', updated_at: body['updated_at'] });
    expect(String(body['updated_at']) > String(before['updated_at'])).toBe(true);
  });

  it('replaces props whole', async () => {
    expect((await put({ props: { theme: 'light' } })).body['props']).toEqual({ theme: 'light' });
  });

  it('ignores fields that cannot be updated', async () => {
    const { body } = await put({ email: 'x@y.example', role: 'owner', firm_ids: [], first_name: 'Janet' });
    expect(body).toMatchObject({ email: 'jane.doe@acme.example', first_name: 'Janet' });
    expect(body['firm_ids']).toHaveLength(1);
  });

  it('reports every field of a wrong type with 422', async () => {
    const { status, body } = await put({ first_name: 7, onboarded: 'yes', props: [] });
    expect(status).toBe(422);
    expect(body['detail']).toMatchObject([
      { loc: ['body', 'first_name'], type: 'string_type', input: 7 },
      { loc: ['body', 'onboarded'], type: 'bool_type' },
      { loc: ['body', 'props'], type: 'dict_type' },
    ]);
    expect((await put([])).status).toBe(422);
  });
});

describe('reading', () => {
  it('needs a UUID for GET only', async () => {
    expect((await get('/api/v1/users/nobody')).status).toBe(422);
    expect((await send(at.sandbox, 'dayzero', 'PUT', '/api/v1/users/nobody', { body: {} })).status).toBe(404);
  });

  it('finds by exact e-mail, by id and by search', async () => {
    expect((await get('/api/v1/users?email=jane.doe@acme.example')).body['items']).toMatchObject([
      { first_name: 'Jane' },
    ]);
    expect((await get('/api/v1/users?email=jane.doe')).body['items']).toEqual([]);
    expect((await get(`/api/v1/users?id=${jane.split('/').at(-1)}`)).body['items']).toHaveLength(1);
    expect((await get('/api/v1/users?search=anna')).body['items']).toHaveLength(2);
    expect((await get('/api/v1/users?email=x@y.example')).body).toEqual({
      items: [],
      next_cursor: null,
      has_more: false,
    });
  });

  it('pages by cursor', async () => {
    const seen: JsonValue[] = [];
    let cursor = '';
    for (let page = 0; page < 3; page += 1) {
      const { body } = await get(`/api/v1/users?limit=3&include_total_count=true${cursor}`);
      expect(body['total_count']).toBe(8);
      expect(body['has_more']).toBe(page < 2);
      seen.push(...(body['items'] as JsonValue[]));
      cursor = `&cursor=${String(body['next_cursor'])}`;
    }
    expect(seen).toHaveLength(8);
    expect((await get('/api/v1/users?limit=1001')).status).toBe(422);
  });

  it('does not show the role', async () => {
    expect((await get(jane)).body).not.toHaveProperty('role');
  });
});

it('wraps successes, not errors, with the envelope switched on', async () => {
  at.sandbox.vendors.dayzero.options.envelope = true;
  expect((await get(jane)).body).toMatchObject({
    success: true,
    message: 'OK',
    code: 200,
    data: { first_name: 'Jane' },
  });
  expect((await put({ first_name: 'Janet' })).body).toMatchObject({ data: { first_name: 'Janet' } });
  expect((await get('/api/v1/users?search=anna')).body['data']).toMatchObject({ has_more: false });
  expect((await put({ props: 1 })).body).toMatchObject({ detail: [{ type: 'dict_type' }] });
});
