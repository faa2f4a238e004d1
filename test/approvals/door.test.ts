import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeVerifier } from '../../src/approvals/passphrase.ts';
import { idOf } from '../../src/sandbox/people/people.ts';
import { type Listener, listenOnLoopback } from '../../src/server/approvals/listen.ts';
import { openRoad, putsAt, type Road } from '../road.ts';
import { PASSPHRASE } from './office.ts';
import { type RawClient, rawClient } from './raw.ts';

/** What comes in without a browser: nothing gets past the door that a signed-in person did not send from the page. */

let road: Road;
let page: Listener;
let origin: string;
let approval: { id: string; url: string };
const jane = idOf('atlassian', 'jane');
let args = { user_id: jane, set: { title: '' } };
let asked = 0;

beforeAll(async () => {
  road = await openRoad({ config: { policy: { rules: [{ field: '*', decision: 'approve' }] } } });
  await (await road.parts.store()).approvals.addApprover('ann', await makeVerifier(PASSPHRASE));
  page = await listenOnLoopback(road.parts);
  origin = new URL(page.url).origin;
  road.parts.page = async (id) => `${page.url}/${id}`;
});
afterAll(async () => {
  await page.close();
  await road.stop();
});
beforeEach(async () => {
  road.sandbox.vendors.atlassian.reset();
  args = { user_id: jane, set: { title: `Boss ${++asked}` } };
  const { approval: waiting } = await road.call('atlassian', args);
  approval = { id: waiting?.id ?? '', url: waiting?.url ?? '' };
});

async function stateOf(id: string) {
  return (await (await road.parts.store()).approvals.get(id))?.state;
}

let session = '';

/** Signed in with one and the same session, since sign-ins are few a minute. */
async function signedIn(): Promise<RawClient> {
  if (session === '') session = (await newlySignedIn()).cookie;
  const client = rawClient(origin);
  client.cookie = session;
  return client;
}

async function newlySignedIn(): Promise<RawClient> {
  const client = rawClient(origin);
  const { body } = await client.get('/approvals/sign-in');
  const stamp = client.stampOf(body, '/approvals/sign-in');
  const answer = await client.post('/approvals/sign-in', { ...stamp, name: 'ann', passphrase: PASSPHRASE });
  expect(answer).toMatchObject({ status: 303, headers: { location: '/approvals' } });
  return client;
}

/** A form that would approve, were it sent as it should be. */
async function readyToApprove() {
  const client = await signedIn();
  const { body } = await client.get(`/approvals/${approval.id}`);
  const action = `/approvals/${approval.id}/approve`;
  return { client, action, fields: client.stampOf(body, action) };
}

describe('somebody who has all an agent is told, and no passphrase', () => {
  it('cannot approve by HTTP', async () => {
    const told = JSON.stringify(await road.call('atlassian', args));
    const client = rawClient(origin);
    expect(told).toContain(approval.url);
    expect((await client.get(new URL(approval.url).pathname)).headers['location']).toBe(
      `/approvals/sign-in?to=${approval.id}`,
    );
    const { body } = await client.get(`/approvals/sign-in?to=${approval.id}`);
    expect(body).not.toContain('Jane');
    const stamp = client.stampOf(body, '/approvals/sign-in');
    const tries = [
      client.post(`${new URL(approval.url).pathname}/approve`, {}),
      client.post(`${new URL(approval.url).pathname}/approve`, stamp),
      client.post(`${new URL(approval.url).pathname}/approve`, { ...stamp, csrf: approval.id, once: approval.id }),
      client.post(new URL(approval.url).pathname, stamp),
      client.get(`${new URL(approval.url).pathname}/approve`),
      client.post('/approvals/sign-in', { ...stamp, name: 'ann', passphrase: approval.id }),
    ];
    for (const { status } of await Promise.all(tries)) expect([401, 403, 404]).toContain(status);
    expect(await stateOf(approval.id)).toBe('pending');
    expect((await road.call('atlassian', args)).outcome).toBe('needs_approval');
    expect(putsAt(road.sandbox, 'atlassian')).toHaveLength(0);
  });

  it('cannot make up a session', async () => {
    const client = rawClient(origin);
    const { fields } = await readyToApprove();
    for (const value of ['', 'a'.repeat(43), '__proto__', approval.id]) {
      client.cookie = `approvals-${new URL(origin).port}=${value}`;
      const { status } = await client.post(`/approvals/${approval.id}/approve`, fields);
      expect(status).toBe(403);
    }
    expect(await stateOf(approval.id)).toBe('pending');
  });
});

describe('a form', () => {
  it('counts when it is sent from the page', async () => {
    const { client, action, fields } = await readyToApprove();
    expect((await client.post(action, fields)).headers['location']).toBe(`/approvals/${approval.id}`);
    expect(await stateOf(approval.id)).toBe('approved');
  });

  it.each([
    ['without its token', { csrf: '' }],
    ['with another token', { csrf: 'A'.repeat(43) }],
    ['with another number', { once: 'AAAAAAAAAAAAAAAAAAAAAA.9999999999999' }],
  ])('is refused %s', async (_how, changed) => {
    const { client, action, fields } = await readyToApprove();
    expect((await client.post(action, { ...fields, ...changed })).status).toBe(403);
    expect(await stateOf(approval.id)).toBe('pending');
  });

  it.each([
    ['a foreign Origin', { origin: 'https://evil.example' }],
    ['the Origin of another port', { origin: 'http://127.0.0.1:1' }],
    ['an Origin of nobody', { origin: 'null' }],
    ['no Origin', { origin: '' }],
    ['a foreign Sec-Fetch-Site', { 'sec-fetch-site': 'cross-site' }],
    ['a neighbouring Sec-Fetch-Site', { 'sec-fetch-site': 'same-site' }],
    ['a foreign Host', { host: 'evil.example' }],
    ['a foreign Host that says it is ours', { host: 'evil.example', origin: 'http://evil.example' }],
    ['no known Host', { host: '127.0.0.1.evil.example' }],
  ])('is refused with %s', async (_what, headers) => {
    const { client, action, fields } = await readyToApprove();
    const { status } = await client.post(action, fields, headers);
    expect(status).toBe(403);
    expect(await stateOf(approval.id)).toBe('pending');
    expect((await client.post(action, fields)).status).toBe(303); // and was not used up by that
  });

  it('is refused when it comes once more', async () => {
    const client = await signedIn();
    const { body } = await client.get(`/approvals/${approval.id}`);
    const out = client.stampOf(body, '/approvals/sign-out');
    const action = `/approvals/${approval.id}/decline`;
    const fields = client.stampOf(body, action);
    expect((await client.post(action, fields)).status).toBe(303);
    expect(await client.post(action, fields)).toMatchObject({
      status: 409,
      body: expect.stringContaining('out of date'),
    });
    expect((await client.post(action, out)).status).toBe(403); // another form's stamp
  });

  it('is refused from another visitor', async () => {
    const { action, fields } = await readyToApprove();
    expect((await (await newlySignedIn()).post(action, fields)).status).toBe(403);
    expect(await stateOf(approval.id)).toBe('pending');
  });

  it('is refused when it is too long or of another kind', async () => {
    const { client, action, fields } = await readyToApprove();
    expect((await client.post(action, { ...fields, reason: 'x'.repeat(17_000) })).status).toBe(413);
    expect((await client.post(action, JSON.stringify(fields), { 'content-type': 'application/json' })).status).toBe(
      415,
    );
    expect((await client.post(action, fields, { 'content-type': 'text/plain' })).status).toBe(415);
    expect(await stateOf(approval.id)).toBe('pending');
  });

  it('of an approver signed out in between leads to the sign-in, and decides nothing', async () => {
    const client = await newlySignedIn();
    const action = `/approvals/${approval.id}/approve`;
    const fields = client.stampOf((await client.get(`/approvals/${approval.id}`)).body, action);
    const { body } = await client.get('/approvals');
    const { cookie } = client;
    await client.post('/approvals/sign-out', client.stampOf(body, '/approvals/sign-out'));
    client.cookie = cookie;
    expect((await client.post(action, fields)).headers['location']).toBe(
      `/approvals/sign-in?to=${approval.id}&ended=1`,
    );
    expect(await stateOf(approval.id)).toBe('pending');
  });
});

describe('every answer', () => {
  it.each(['/approvals', '/approvals/sign-in', '/approvals/nothing', '/approvals/sign-in/x'])(
    'of %s is shut',
    async (path) => {
      const { headers, status } = await rawClient(origin).get(path);
      expect(status).toBeLessThan(500);
      const csp = String(headers['content-security-policy']);
      expect(csp).toMatch(
        /^default-src 'none'; style-src 'nonce-[\w+/=]{24}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
      );
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'referrer-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
      });
    },
  );

  it('under a foreign name is refused, also to read', async () => {
    const client = await signedIn();
    const answer = await client.get(`/approvals/${approval.id}`, { host: `rebound.example:${new URL(origin).port}` });
    expect(answer.status).toBe(403);
    expect(answer.body).not.toContain('Jane');
  });

  it('carries a nonce of its own', async () => {
    const client = rawClient(origin);
    const nonces = await Promise.all(
      [1, 2].map(async () => (await client.get('/approvals/sign-in')).headers['content-security-policy']),
    );
    expect(nonces[0]).not.toBe(nonces[1]);
  });
});

describe('signing in', () => {
  it('gives the browser a new id', async () => {
    const client = rawClient(origin);
    const { body } = await client.get('/approvals/sign-in');
    const before = client.cookie;
    await client.post('/approvals/sign-in', {
      ...client.stampOf(body, '/approvals/sign-in'),
      name: 'ann',
      passphrase: PASSPHRASE,
    });
    expect(client.cookie).not.toBe(before);
    const old = rawClient(origin);
    old.cookie = before;
    expect((await old.get('/approvals')).status).toBe(303);
    expect((await client.get('/approvals')).status).toBe(200);
  });

  it('leads to requests of this page only', async () => {
    for (const to of ['https://evil.example', '//evil.example', '/etc', '../x']) {
      const client = rawClient(origin);
      const { body } = await client.get(`/approvals/sign-in?to=${encodeURIComponent(to)}`);
      expect(body).not.toContain(to);
      const stamp = client.stampOf(body, '/approvals/sign-in');
      const { headers } = await client.post('/approvals/sign-in', {
        ...stamp,
        to,
        name: 'ann',
        passphrase: PASSPHRASE,
      });
      expect(headers['location']).toBe('/approvals');
    }
  });

  it('is limited for a name and in all', { timeout: 60_000 }, async () => {
    const other = await listenOnLoopback(road.parts);
    const client = rawClient(new URL(other.url).origin);
    const attempt = async (name: string) => {
      const { body } = await client.get('/approvals/sign-in');
      return (
        await client.post('/approvals/sign-in', {
          ...client.stampOf(body, '/approvals/sign-in'),
          name,
          passphrase: 'x',
        })
      ).status;
    };
    const byName = await Promise.all(Array.from({ length: 11 }, () => attempt('somebody')));
    expect(byName.filter((status) => status === 429)).toHaveLength(1);
    // The limit in all comes first, whatever was sent.
    const inAll = await Promise.all(Array.from({ length: 60 }, () => client.post('/approvals/sign-in', {})));
    expect(inAll.map(({ status }) => status)).toContain(429);
    await other.close();
  });
});
