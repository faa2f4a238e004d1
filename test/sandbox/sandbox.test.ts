import { describe, expect, it } from 'vitest';
import { type JsonRecord, type JsonValue, startSandbox } from '../../src/sandbox/index.ts';
import { isObject } from '../../src/sandbox/json.ts';
import { people } from '../../src/sandbox/people.ts';
import { allVendors as vendors } from '../../src/sandbox/vendors/index.ts';
import { asObject, samples } from '../support/vendors/samples.ts';
import { pathOf, send, useSandbox, type VendorAnswer } from '../support/vendors/sandbox.ts';

const at = useSandbox();
describe.each(vendors.map((definition) => [definition.id, definition] as const))('%s', (vendor, definition) => {
  const { method = 'PUT', contentType = 'application/json', place, wrapper } = samples[vendor];
  const type = { 'Content-Type': contentType };
  const placeOf = (field: string) => place?.(field) ?? [field];
  const userIn = ({ body }: VendorAnswer) => (wrapper === undefined ? body : asObject(body[wrapper]));

  it('has everyone, and Jane with every write field filled', async () => {
    const { users } = at.sandbox.vendors[vendor];
    expect([...users.keys()]).toEqual(people.map((person) => person.ids[vendor]));
    const jane = users.get(people[0]?.ids[vendor] ?? '') ?? {};
    for (const field of Object.keys(samples[vendor].fields)) expect(valueOf(jane, placeOf(field)), field).not.toBe('');
    const { status, text } = await send(at.sandbox, vendor, 'GET', pathOf(vendor, 'misaki'));
    expect(status).toBe(200);
    expect(text).toContain('美咲');
  });

  it('adds the collateral change to a write, not to a read', async () => {
    const path = pathOf(vendor, 'jane');
    const read = await send(at.sandbox, vendor, 'GET', path);
    const name = samples[vendor].marked.personal;
    at.sandbox.vendors[vendor].options.collateral = { field: [...placeOf(name)], value: 'Collateral' };
    expect((await send(at.sandbox, vendor, 'GET', path)).body).toEqual(read.body);
    const body = samples[vendor].body(userIn(read), {});
    expect([200, 204]).toContain((await send(at.sandbox, vendor, method, path, { body, headers: type })).status);
    expect(valueOf(userIn(await send(at.sandbox, vendor, 'GET', path)), placeOf(name))).toBe('Collateral');
  });

  it('refuses a body that is not JSON, an unknown path and an unknown method', async () => {
    const path = pathOf(vendor, 'jane');
    const plain = await send(at.sandbox, vendor, method, path, { body: {}, headers: { 'Content-Type': 'text/plain' } });
    expect(plain.status).toBe(415);
    expect((await send(at.sandbox, vendor, 'DELETE', path)).status).toBe(405);
    expect((await send(at.sandbox, vendor, 'GET', `${path}/nothing/here`)).status).toBe(404);
    const { authorization, ...rest } = at.sandbox.vendors[vendor].requests[0]?.headers ?? {};
    const headers = { ...rest, ...(authorization ? { authorization } : {}), 'content-type': type['Content-Type'] };
    const cut = await fetch(`${at.sandbox.url}/${vendor}${path}`, {
      method,
      headers: usable(headers),
      body: '{"a":',
    });
    expect(cut.status).toBe(definition.malformed?.status ?? 400);
  });

  it('is as it was at the start after a reset', async () => {
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
  it('tells the environment that connects to it', () => {
    const { env, url } = at.sandbox;
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    for (const { id } of vendors) expect(env[`${id.toUpperCase()}_BASE_URL`]).toBe(`${url}/${id}`);
    expect(Object.values(env).every((value) => value !== '')).toBe(true);
  });

  it('is the same at every start, and two sandboxes share no people', async () => {
    const other = await startSandbox();
    for (const { id: vendor } of vendors) {
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

function valueOf(record: JsonRecord, place: readonly string[]): JsonValue {
  return place.reduce<JsonValue>((held, key) => (isObject(held) ? (held[key] ?? '') : ''), record);
}

/** fetch sets these itself. */
function usable(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => !['host', 'connection', 'content-length', 'transfer-encoding'].includes(name),
    ),
  );
}
