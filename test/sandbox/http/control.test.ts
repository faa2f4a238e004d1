import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../src/sandbox/index.ts';
import { parseJson, toJson } from '../../../src/sandbox/json.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { pathOf, send, useSandbox } from '../../support/vendors/sandbox.ts';

const at = useSandbox();
const jane = pathOf('atomicwork', 'jane');
const get = () => send(at.sandbox, 'atomicwork', 'GET', jane);

async function control(method: string, path: string, body?: JsonValue): Promise<{ status: number; json: JsonValue }> {
  const init = body === undefined ? { method } : { method, body: toJson(body) };
  const response = await fetch(`${at.sandbox.url}/_sandbox/${path}`, init);
  return { status: response.status, json: parseJson(await response.text()) };
}

describe('control over HTTP', () => {
  it('lists recorded requests, also rejected ones, and not its own', async () => {
    await get();
    await send(at.sandbox, 'atomicwork', 'PUT', `${jane}?x=%20`, {
      body: { manager: 9_007_199_254_740_993n },
      headers: { 'X-Api-Key': null },
    });
    const { json } = await control('GET', 'requests?vendor=atomicwork');
    expect(json).toMatchObject([
      { method: 'GET', path: jane, rawBody: '', headers: { 'x-workspace-id': '7' } },
      { method: 'PUT', path: `${jane}?x=%20`, body: { manager: 9_007_199_254_740_993n } },
    ]);
    expect((await control('GET', 'requests')).json).toMatchObject({ awork: [], atomicwork: [{}, {}] });
  });

  it('adds faults', async () => {
    expect(
      (await control('POST', 'faults', { vendor: 'atomicwork', kind: 'status', status: 503, path: '/users/' })).status,
    ).toBe(201);
    expect((await get()).status).toBe(503);
    expect((await get()).status).toBe(200);
  });

  it.each<[string, JsonValue]>([
    ['an unknown vendor', { vendor: 'x', kind: 'hang' }],
    ['an unknown kind', { vendor: 'awork', kind: 'explode' }],
    ['a function', { vendor: 'awork', kind: 'run' }],
    ['an unknown key', { vendor: 'awork', kind: 'hang', delay: 5 }],
    ['a status that is none', { vendor: 'awork', kind: 'status', status: 7 }],
    ['a redirect to nowhere', { vendor: 'awork', kind: 'redirect' }],
    ['no object', []],
  ])('rejects a fault with %s', async (_, body) => {
    expect((await control('POST', 'faults', body)).status).toBe(400);
    expect(at.sandbox.vendors.awork.faults).toEqual([]);
  });

  it('sets and unsets options', async () => {
    await control('POST', 'options', { vendor: 'atomicwork', dataEnvelope: true });
    expect((await get()).body['data']).toBeDefined();
    await control('POST', 'options', { vendor: 'atomicwork', dataEnvelope: null });
    expect((await get()).body['data']).toBeUndefined();
    expect((await control('POST', 'options', { vendor: 'atomicwork', colateral: {} })).status).toBe(400);
  });

  it('shows the records with secrets and edits them from outside', async () => {
    const id = idOf('atomicwork', 'priya');
    const edited = await control('PUT', `users/atomicwork/${id}`, {
      title: 'CPO',
      custom_fields: { cost_center: null },
    });
    expect(edited.status).toBe(200);
    const { json } = await control('GET', 'users?vendor=atomicwork');
    expect(json).toHaveProperty([id], expect.objectContaining({ title: 'CPO', password: 'Held-by-Atomicwork-6!' }));
    expect(json).toHaveProperty([id, 'custom_fields'], { badge_number: 9_223_372_036_854_775_807n });
    expect((await control('PUT', 'users/atomicwork/1', {})).status).toBe(404);
  });

  it('resets one vendor or all', async () => {
    at.sandbox.vendors.atomicwork.options.forbidden = true;
    at.sandbox.vendors.awork.options.forbidden = true;
    await control('POST', 'reset', { vendor: 'awork' });
    expect([at.sandbox.vendors.awork.options, at.sandbox.vendors.atomicwork.options]).toEqual([
      {},
      { forbidden: true },
    ]);
    await control('POST', 'reset');
    expect(at.sandbox.vendors.atomicwork.options).toEqual({});
  });

  it('responds with 404 to anything else', async () => {
    expect((await control('DELETE', 'users')).status).toBe(404);
    expect((await fetch(`${at.sandbox.url}/nobody/users`)).status).toBe(404);
  });
});
