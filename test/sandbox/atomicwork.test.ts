import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../src/sandbox/index.ts';
import { pathOf, send, useSandbox } from '../support/vendors/sandbox.ts';

const at = useSandbox();
const jane = pathOf('atomicwork', 'jane');
const get = (path: string, headers = {}) => send(at.sandbox, 'atomicwork', 'GET', path, { headers });
const put = (body: JsonValue, path = jane) => send(at.sandbox, 'atomicwork', 'PUT', path, { body });

describe('auth', () => {
  it('needs the key, and no workspace', async () => {
    const refused = await get(jane, { 'X-Api-Key': 'wrong' });
    expect(refused.status).toBe(401);
    expect(refused.body).toEqual({ error: 'Access Token X-Api-Key is missing/invalid', code: 'UNAUTHORIZED' });
    expect((await get(jane, { 'X-Workspace-Id': null })).status).toBe(200);
  });

  it('rejects a workspace that the key does not belong to', async () => {
    expect((await get(jane, { 'X-Workspace-Id': '8' })).status).toBe(403);
  });
});

describe('reading', () => {
  it('keeps every digit of ids beyond 2^53', async () => {
    const priya = await get(pathOf('atomicwork', 'priya'));
    expect(priya.text).toContain('"id":9007199254740993');
    expect(priya.text).toContain('"badge_number":9223372036854775807');
    const { text } = await get(jane);
    expect(text).toContain('"department":9007199254740995');
    expect(text).toContain('"manager":9007199254740993');
    expect(text).toContain('"org_roles":[41,9007199254741001]');
  });

  it('never shows a password', async () => {
    expect((await get(jane)).text).not.toContain('password');
    expect((await get('/api/v1/users/list?page=1')).text).not.toContain('Held-by-Atomicwork');
    expect(at.sandbox.vendors.atomicwork.users.get('10017')?.['password']).toBe('Held-by-Atomicwork-0!');
  });

  it('shows references as objects and wraps reads when the options say so', async () => {
    Object.assign(at.sandbox.vendors.atomicwork.options, { objectRefs: true, dataEnvelope: true });
    const { body } = await get(jane);
    expect(body['data']).toMatchObject({
      manager: { id: 9_007_199_254_740_993n, name: 'Priya Natarajan' },
      department: { id: 9_007_199_254_740_995n, name: 'Product' },
      org_roles: [
        { id: 41, name: 'Requester' },
        { id: 9_007_199_254_741_001n, name: 'Org Admin' },
      ],
    });
  });

  it('finds by e-mail, by search key and by employee id', async () => {
    expect((await get('/api/v1/users/JANE.DOE%40acme.example/email-lookup')).body).toMatchObject({ id: 10017 });
    expect((await get('/api/v1/users/nobody@acme.example/email-lookup')).status).toBe(404);
    expect((await get('/api/v1/users?search_key=anna')).json).toHaveLength(2);
    expect((await get('/api/v1/users/list?page=1&employee_id=E-1002')).json).toMatchObject([{ id: 10018 }]);
    expect((await get('/api/v1/users/list?page=2&per_page=3')).json).toMatchObject([{ id: 10020 }, {}, {}]);
  });

  it('leaves deleted people out of a search by default, and needs a page for lists', async () => {
    expect((await get('/api/v1/users?search_key=max')).json).toEqual([]);
    expect((await get('/api/v1/users?search_key=max&is_deleted=true')).json).toHaveLength(1);
    expect((await get('/api/v1/users/list')).status).toBe(400);
    expect((await get('/api/v1/users/list?page=1&per_page=101')).status).toBe(400);
  });

  it('distinguishes a malformed id from an unknown one', async () => {
    expect((await get('/api/v1/users/abc')).status).toBe(400);
    expect((await get('/api/v1/users/9223372036854775808')).status).toBe(400);
    expect((await get('/api/v1/users/9007199254740992')).body).toEqual({ error: 'User not found', code: 'NOT_FOUND' });
  });
});

describe('PUT', () => {
  it('merges, responds with an empty object, and writes the schema defaults of omitted fields', async () => {
    const before = (await get(jane)).body;
    const answer = await put({ title: 'Director' });
    expect([answer.status, answer.text]).toEqual([200, '{}']);
    const { updated_at: _, ...after } = (await get(jane)).body;
    const { updated_at: __, ...expected } = before;
    expect(after).toEqual({ ...expected, title: 'Director', timezone: 'America/Los_Angeles', has_reporters: false });
  });

  it('keeps timezone and has_reporters when they are echoed', async () => {
    await put({ title: 'Director', timezone: 'America/New_York', has_reporters: true });
    expect((await get(jane)).body).toMatchObject({ timezone: 'America/New_York', has_reporters: true });
  });

  it('stores an int64 exactly and ignores unknown fields', async () => {
    expect((await put({ manager: 9_007_199_254_740_995n, nickname: 'x', id: 1 })).status).toBe(200);
    const { text, body } = await get(jane);
    expect(text).toContain('"manager":9007199254740995');
    expect(body).toMatchObject({ id: 10017 });
    expect(body).not.toHaveProperty('nickname');
  });

  it('replaces custom_fields whole', async () => {
    await put({ custom_fields: { shirt_size: 'L' } });
    expect((await get(jane)).body['custom_fields']).toEqual({ shirt_size: 'L' });
  });

  it.each<[string, JsonValue]>([
    ['email', 'not an address'],
    ['email', ''],
    ['joined_on', '2025-02-30'],
    ['joined_on', '2025-02-03T00:00:00Z'],
    ['department', '12'],
    ['department', 1.5],
    ['org_roles', ['41']],
    ['is_deleted', 'true'],
    ['external_app_type', 'okta'],
    ['custom_fields', []],
    ['title', null],
  ])('rejects %s: %j and changes nothing', async (field, value) => {
    const before = (await get(jane)).text;
    const { status, body } = await put({ title: 'X', [field]: value });
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'BAD_REQUEST' });
    expect((await get(jane)).text).toBe(before);
  });

  it('rejects an integer beyond int64', async () => {
    expect((await put({ manager: 9_223_372_036_854_775_808n })).status).toBe(400);
    expect((await put({ manager: 9_223_372_036_854_775_807n })).status).toBe(200);
  });

  it('needs e-mails to be unique', async () => {
    const { status, body } = await put({ email: 'John.Smith@acme.example' });
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: 'DUPLICATE_EMAIL' });
    expect((await put({ email: 'jane.doe@acme.example' })).status).toBe(200);
  });

  it('stores a new password but never shows it', async () => {
    await put({ password: 'New-Pa55word!' });
    expect(at.sandbox.vendors.atomicwork.users.get('10017')?.['password']).toBe('New-Pa55word!');
    expect((await get(jane)).text).not.toContain('New-Pa55word!');
  });
});
