import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { startHttpServer, type TestServer, tokenEntry } from '../../support/http/server.ts';
import { CLIENTS } from '../../support/program/stdio-server.ts';

let testServer: TestServer;
beforeAll(async () => {
  testServer = await startHttpServer({ http: { auth: { tokens: [tokenEntry('jane-doe-laptop', 'the-token')] } } });
});
afterAll(() => testServer.stop());

const jane = idOf('atlassian', 'jane');
const metrics = async () => {
  const answer = await fetch(`${testServer.server.url}/metrics`, { headers: { authorization: 'Bearer the-token' } });
  return await answer.text();
};

it('counts calls, verdicts and requests, without naming a person', async () => {
  const agent = await testServer.connect('v1-form', { token: 'the-token', name: 'Jane’s client' });
  const title = `Chief ${crypto.randomUUID()}`;
  await agent.call('find_user', { query: 'jane.doe@acme.example' });
  await agent.call('atlassian_update_user', { user_id: jane, set: { title }, reason: 'Jane asked' });
  await agent.call('atlassian_update_user', { user_id: jane, set: { title: 7 } });
  await agent.call('atlassian_update_user', { user_id: 'no-such-person', set: { title } });
  const text = await metrics();
  expect(text).toMatch(/update_user_call_seconds_count\{tool="atlassian_update_user",outcome="updated"\} 1/);
  expect(text).toMatch(/update_user_call_seconds_count\{tool="atlassian_update_user",outcome="failed"\} 2/);
  expect(text).toMatch(/update_user_call_seconds_count\{tool="find_user",outcome="ok"\} 1/);
  expect(text).toMatch(/update_user_verdicts_total\{provider="atlassian",decision="confirm"\} 2/);
  expect(text).toMatch(/update_user_upstream_seconds_count\{provider="atlassian",method="PUT",status="200"\} 1/);
  expect(text).toMatch(/update_user_upstream_seconds_count\{provider="atlassian",method="GET",status="404"\} \d/);
  expect(text).toMatch(/update_user_http_requests_total\{route="\/mcp",status="200"\} \d/);
  expect(text).toContain('update_user_approvals_pending 0');
  expect(text).toContain('update_user_sessions 1');
  const personal = [
    'jane',
    'Doe',
    'Chief',
    title,
    jane,
    'acme',
    '@',
    'no-such-person',
    'the-token',
    'laptop',
    '127.0.0.1',
  ];
  const own = text.split('\n').filter((line) => line.includes('update_user'));
  for (const word of personal) expect(own.join('\n').toLowerCase()).not.toContain(word.toLowerCase());
});

describe.each(CLIENTS)('%s', (kind) => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const traces = () => testServer.sandbox.vendors.atlassian.requests.map(({ headers }) => headers['traceparent']);
  const change = { user_id: jane, set: { nickName: crypto.randomUUID() } };

  it('passes the trace of the message to the vendor, with every request of the call', async () => {
    testServer.sandbox.vendors.atlassian.reset();
    const agent = await testServer.connect(kind, { token: 'the-token' });
    const { is } = await agent.call('atlassian_update_user', change, { meta: { traceparent } });
    expect(is).toMatchObject({ outcome: 'updated' });
    expect(traces().length).toBeGreaterThan(2);
    expect(new Set(traces())).toEqual(new Set([traceparent]));
  });

  it('passes the trace of the HTTP request if the message has none', async () => {
    testServer.sandbox.vendors.atlassian.reset();
    const agent = await testServer.connect(kind, { token: 'the-token', headers: { traceparent } });
    await agent.call('atlassian_update_user', change);
    expect(new Set(traces())).toEqual(new Set([traceparent]));
  });

  it.each([
    ['text', 'jane.doe@acme.example'],
    ['zeros', '00-00000000000000000000000000000000-0000000000000000-00'],
    ['a line break', `${traceparent}\r\nx-evil: 1`],
    ['an object', { traceparent }],
  ])('drops an invalid trace: %s', async (_name, bad) => {
    testServer.sandbox.vendors.atlassian.reset();
    const agent = await testServer.connect(kind, { token: 'the-token' });
    await agent.call('atlassian_update_user', { ...change, dry_run: true }, { meta: { traceparent: bad } });
    expect(traces().length).toBeGreaterThan(0);
    expect(new Set(traces())).toEqual(new Set([undefined]));
  });
});

describe('readiness', () => {
  it('fails without a reason when the store can no longer be used', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'update-user-ready-'));
    const broken = await startHttpServer({}, {}, { UPDATE_USER_STORE: join(dir, 'changes.db') });
    await (await broken.server.app.store()).stop();
    const answer = await fetch(`${broken.server.url}/readyz`);
    expect(answer.status).toBe(503);
    expect(await answer.text()).toBe('not ok\n');
    expect((await fetch(`${broken.server.url}/healthz`)).status).toBe(200);
    await broken.stop().catch(() => {});
    rmSync(dir, { recursive: true, force: true });
  });
});
