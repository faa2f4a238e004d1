import { describe, expect, it } from 'vitest';
import { startSandbox, type VendorId } from '../../src/sandbox/index.ts';
import { people } from '../../src/sandbox/people.ts';
import { pathOf, send, useSandbox } from '../support/sandbox.ts';

const at = useSandbox();
const VENDORS: VendorId[] = ['atomicwork', 'awork', 'atlassian', 'dayzero', 'mediasilo'];

const WRITES: Record<VendorId, string[]> = {
  atomicwork: [
    'email',
    'first_name',
    'middle_name',
    'last_name',
    'personal_email',
    'timezone',
    'language',
    'state',
    'city',
    'country',
    'department',
    'team',
    'level',
    'title',
    'address',
    'originally_hired',
    'joined_on',
    'terminated_on',
    'employee_id',
    'date_of_birth',
    'phone_number',
    'gender',
    'hr',
    'manager',
    'company_legal_entity',
    'employment_status',
    'slack_id',
    'azure_id',
    'external_id',
    'external_app_type',
    'org_roles',
    'password',
    'profile_image',
    'custom_fields',
    'is_deleted',
    'has_reporters',
    'notification_enabled',
  ],
  awork: ['firstName', 'lastName', 'birthDate', 'gender', 'title', 'position', 'language'],
  atlassian: [
    'schemas',
    'userName',
    'emails',
    'active',
    'externalId',
    'name',
    'displayName',
    'nickName',
    'title',
    'preferredLanguage',
    'timezone',
    'department',
    'organization',
    'phoneNumbers',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
    'urn:scim:schemas:extension:atlassian-custom:1.0:Attributes',
  ],
  dayzero: ['first_name', 'last_name', 'photo_url', 'onboarded', 'props'],
  mediasilo: [
    'userName',
    'password',
    'firstName',
    'lastName',
    'company',
    'email',
    'phone',
    'mobile',
    'address',
    'status',
    'sso',
    'ssoId',
    'defaultRoleTemplateId',
  ],
};

describe.each(VENDORS)('%s', (vendor) => {
  it('holds everybody, and Jane with every write field filled', async () => {
    const { users } = at.sandbox.vendors[vendor];
    expect([...users.keys()]).toEqual(people.map((person) => person.ids[vendor]));
    const jane = users.get(people[0]?.ids[vendor] ?? '') ?? {};
    for (const field of WRITES[vendor]) expect(jane[field] ?? '', field).not.toBe('');
    const { status, text } = await send(at.sandbox, vendor, 'GET', pathOf(vendor, 'misaki'));
    expect(status).toBe(200);
    expect(text).toContain('美咲');
  });

  it('adds the collateral change to a write, not to a read', async () => {
    const path = pathOf(vendor, 'jane');
    const read = await send(at.sandbox, vendor, 'GET', path);
    const name = vendor === 'dayzero' ? 'photo_url' : 'title';
    at.sandbox.vendors[vendor].options.collateral = { field: name, value: 'Collateral' };
    expect((await send(at.sandbox, vendor, 'GET', path)).body).toEqual(read.body);
    const body = vendor === 'atlassian' ? read.body : {};
    expect((await send(at.sandbox, vendor, 'PUT', path, { body })).status).toBe(200);
    expect((await send(at.sandbox, vendor, 'GET', path)).body[name]).toBe('Collateral');
  });

  it('refuses what is no JSON, no known path, no known method', async () => {
    const path = pathOf(vendor, 'jane');
    const plain = await send(at.sandbox, vendor, 'PUT', path, { body: {}, headers: { 'Content-Type': 'text/plain' } });
    expect(plain.status).toBe(415);
    expect((await send(at.sandbox, vendor, 'DELETE', path)).status).toBe(405);
    expect((await send(at.sandbox, vendor, 'GET', `${path}/nothing/here`)).status).toBe(404);
    const { authorization, ...rest } = at.sandbox.vendors[vendor].requests[0]?.headers ?? {};
    const headers = { ...rest, ...(authorization ? { authorization } : {}), 'content-type': 'application/json' };
    const cut = await fetch(`${at.sandbox.url}/${vendor}${path}`, {
      method: 'PUT',
      headers: usable(headers),
      body: '{"a":',
    });
    expect(cut.status).toBe(vendor === 'dayzero' ? 422 : 400);
  });

  it('comes back as it was after a reset', async () => {
    const state = at.sandbox.vendors[vendor];
    const before = structuredClone([...state.users]);
    const { users, faults, requests } = state;
    const id = [...users.keys()][0] ?? '';
    users.set(id, {});
    faults.push({ kind: 'hang' });
    state.options.forbidden = true;
    state.reset();
    expect([...users]).toEqual(before);
    expect([state.users, state.faults, state.requests]).toEqual([users, faults, requests]);
    expect([faults, requests, state.options]).toEqual([[], [], {}]);
  });
});

describe('the sandbox', () => {
  it('names the environment that connects to it', () => {
    const { env, url } = at.sandbox;
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    for (const vendor of VENDORS) expect(env[`${vendor.toUpperCase()}_BASE_URL`]).toBe(`${url}/${vendor}`);
    expect(Object.values(env).every((value) => value !== '')).toBe(true);
  });

  it('is the same at every start, and starts do not share people', async () => {
    const other = await startSandbox();
    for (const vendor of VENDORS) {
      expect([...other.vendors[vendor].users]).toEqual([...at.sandbox.vendors[vendor].users]);
      other.vendors[vendor].users.clear();
      expect(at.sandbox.vendors[vendor].users.size).toBe(people.length);
    }
    await other.close();
  });

  it('rejects when the port is taken', async () => {
    await expect(startSandbox({ port: at.sandbox.port })).rejects.toThrow(/EADDRINUSE/);
  });

  it('keeps the last 10,000 requests', async () => {
    const { requests } = at.sandbox.vendors.awork;
    const first = { method: 'GET', path: '/first', headers: {}, body: undefined, rawBody: '', at: 0 };
    for (let count = 0; count < 10_000; count += 1) requests.push({ ...first, path: `/${count}` });
    await send(at.sandbox, 'awork', 'GET', '/users/me');
    expect([requests.length, requests[0]?.path, requests.at(-1)?.path]).toEqual([10_000, '/1', '/users/me']);
  });

  it('serves concurrent writes without losing one', async () => {
    const path = pathOf('mediasilo', 'jane');
    const fields = ['company', 'phone', 'mobile', 'firstName', 'lastName'];
    await Promise.all(fields.map((field) => send(at.sandbox, 'mediasilo', 'PUT', path, { body: { [field]: 'New' } })));
    const { body } = await send(at.sandbox, 'mediasilo', 'GET', path);
    for (const field of fields) expect(body[field]).toBe('New');
  });
});

/** fetch sets these itself. */
function usable(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => !['host', 'connection', 'content-length', 'transfer-encoding'].includes(name),
    ),
  );
}
