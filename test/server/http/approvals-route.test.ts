import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { approvalsRoute, rootRoute } from '../../../src/server/http/approvals-route.ts';
import { createRawClient } from '../../support/approvals/raw-http.ts';
import { quickVerifier } from '../../support/approvals/verifier.ts';
import { startHttpServer, type TestServer, tokenEntry } from '../../support/http/server.ts';
import { putsAt } from '../../support/pipeline/pipeline.ts';

const PASSPHRASE = 'correct horse battery staple';

let testServer: TestServer;
beforeAll(async () => {
  testServer = await startHttpServer(
    {
      policy: { rules: [{ field: 'atlassian.title', decision: 'approve' }] },
      http: { auth: { tokens: [tokenEntry('agent', 'agent-token'), tokenEntry('other', 'other-token')] } },
    },
    { routes: (app, origin) => [approvalsRoute(app, origin), rootRoute()] },
  );
  const { approvals } = await testServer.server.app.store();
  await approvals.addApprover('ann', quickVerifier(PASSPHRASE));
});
afterAll(() => testServer.stop());

const jane = idOf('atlassian', 'jane');
const change = { user_id: jane, set: { title: 'Boss' } };

describe.each(['v2-modern-mute', 'v1-mute'] as const)('%s', (kind) => {
  it('gets its change approved on the page, which takes no bearer token', async () => {
    testServer.sandbox.vendors.atlassian.reset();
    const agent = await testServer.connect(kind, { token: 'agent-token' });
    const { is } = await agent.call('atlassian_update_user', change);
    expect(is).toMatchObject({ outcome: 'needs_approval' });
    const { url = '' } = is['approval'] as { url?: string };
    expect(url).toMatch(`${testServer.server.url}/approvals/`);

    const page = createRawClient(testServer.server.url);
    const bearer = { authorization: 'Bearer agent-token' };
    expect((await page.get(new URL(url).pathname, bearer)).body).not.toContain('Boss');
    const signIn = await page.get('/approvals/sign-in');
    expect(signIn.status).toBe(200);
    const credentials = {
      ...page.hiddenFieldsOf(signIn.body, '/approvals/sign-in'),
      name: 'ann',
      passphrase: PASSPHRASE,
    };
    await page.post('/approvals/sign-in', credentials);
    const { pathname } = new URL(url);
    const request = await page.get(pathname);
    expect(request.body).toContain('Boss');
    await page.post(`${pathname}/approve`, page.hiddenFieldsOf(request.body, `${pathname}/approve`));
    expect(putsAt(testServer.sandbox, 'atlassian')).toHaveLength(0); // the page records a decision, and nothing else

    const other = await testServer.connect(kind, { token: 'other-token' });
    expect((await other.call('atlassian_update_user', change)).is).toMatchObject({ outcome: 'needs_approval' });
    expect((await agent.call('atlassian_update_user', change)).is).toMatchObject({ outcome: 'updated' });
  });
});

it('is where the address of the server leads to', async () => {
  const page = createRawClient(testServer.server.url);
  expect(await page.get('/')).toMatchObject({ status: 302, headers: { location: '/approvals' } });
  expect((await page.post('/', {})).status).toBe(404);
  expect((await page.get('/', { host: 'evil.example.com' })).status).toBe(403);
});

it('is behind the Host and Origin checks', async () => {
  const page = createRawClient(testServer.server.url);
  expect((await page.get('/approvals/sign-in', { host: 'evil.example.com' })).status).toBe(403);
  const foreign = { origin: 'https://evil.example.com' };
  expect((await page.post('/approvals/sign-in', { name: 'ann', passphrase: PASSPHRASE }, foreign)).status).toBe(403);
});

it('limits the address of the connection, whatever a header says, and no other', async () => {
  const attempt = async (from: string, passphrase: string, headers: Record<string, string> = {}) => {
    const page = createRawClient(testServer.server.url, from);
    const signIn = await page.get('/approvals/sign-in');
    const hidden = page.hiddenFieldsOf(signIn.body, '/approvals/sign-in');
    return (await page.post('/approvals/sign-in', { ...hidden, name: 'ann', passphrase }, headers)).status;
  };
  const seen: number[] = [];
  for (let guess = 0; guess < 7; guess++) {
    seen.push(
      await attempt('127.0.0.3', 'wrong', { 'x-forwarded-for': `192.0.2.${guess}`, forwarded: `for=192.0.2.${guess}` }),
    );
  }
  expect(seen).toEqual([401, 401, 401, 401, 401, 429, 429]);
  expect(await attempt('127.0.0.3', PASSPHRASE)).toBe(429);
  expect(await attempt('127.0.0.4', PASSPHRASE)).toBe(303);
});
