import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { startLoopbackServer } from '../../../src/server/approvals/loopback-server.ts';
import { type ServedPage, serveApprovalPage } from '../../support/approvals/page.ts';
import { PASSPHRASE } from '../../support/approvals/program.ts';
import { createRawClient, type RawHttpClient } from '../../support/approvals/raw-http.ts';

/** What every response of the page has in common, and signing in. */

const args = { user_id: idOf('awork', 'anna'), set: { position: 'Boss' } };
let served: ServedPage;
let origin: string;
beforeAll(async () => {
  served = await serveApprovalPage({ config: { policy: { rules: [{ field: '*', decision: 'approve' }] } } });
  ({ origin } = served);
});
afterAll(() => served.stop());

describe('every response', () => {
  it.each(['/approvals', '/approvals/sign-in', '/approvals/nothing', '/approvals/sign-in/x'])(
    'of %s has the security headers',
    async (path) => {
      const { headers, status } = await createRawClient(origin).get(path);
      expect(status).toBeLessThan(500);
      const csp = String(headers['content-security-policy']);
      expect(csp).toMatch(
        /^default-src 'none'; style-src 'nonce-[\w+/=]{24}'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
      );
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'x-robots-tag': 'noindex',
      });
    },
  );

  it('under another host name is refused, also for reading', async () => {
    const { approval } = await served.pipeline.call('awork', args);
    const client = await served.signIn();
    expect((await client.get(`/approvals/${approval?.id}`)).body).toContain('Anna');
    const response = await client.get(`/approvals/${approval?.id}`, {
      host: `rebound.example:${new URL(origin).port}`,
    });
    expect(response.status).toBe(403);
    expect(response.body).not.toContain('Anna');
  });

  it('has its own CSP nonce', async () => {
    const client = createRawClient(origin);
    const nonces = await Promise.all(
      [1, 2].map(async () => (await client.get('/approvals/sign-in')).headers['content-security-policy']),
    );
    expect(nonces[0]).not.toBe(nonces[1]);
  });
});

describe('signing in', () => {
  it('gives the browser a new cookie', async () => {
    const client = createRawClient(origin);
    const { body } = await client.get('/approvals/sign-in');
    const before = client.cookie;
    await client.post('/approvals/sign-in', {
      ...client.hiddenFieldsOf(body, '/approvals/sign-in'),
      name: 'ann',
      passphrase: PASSPHRASE,
    });
    expect(client.cookie).not.toBe(before);
    const old = createRawClient(origin);
    old.cookie = before;
    expect((await old.get('/approvals')).status).toBe(303);
    expect((await client.get('/approvals')).status).toBe(200);
  });

  it('leads only to requests of this page', async () => {
    for (const to of ['https://evil.example', '//evil.example', '/etc', '../x']) {
      const client = createRawClient(origin);
      const { body } = await client.get(`/approvals/sign-in?to=${encodeURIComponent(to)}`);
      expect(body).not.toContain(to);
      const hidden = client.hiddenFieldsOf(body, '/approvals/sign-in');
      const { headers } = await client.post('/approvals/sign-in', {
        ...hidden,
        to,
        name: 'ann',
        passphrase: PASSPHRASE,
      });
      expect(headers['location']).toBe('/approvals');
    }
  });

  it('slows down the source of wrong passphrases; requests without a form do not count', async () => {
    const other = await startLoopbackServer(served.pipeline.app);
    onTestFinished(() => other.close());
    const { origin: there } = new URL(other.url);
    const attempt = async (client: RawHttpClient, passphrase: string) => {
      const { body } = await client.get('/approvals/sign-in');
      const hidden = client.hiddenFieldsOf(body, '/approvals/sign-in');
      return await client.post('/approvals/sign-in', { ...hidden, name: 'ann', passphrase });
    };
    const [one, two] = [createRawClient(there, '127.0.0.1'), createRawClient(there, '127.0.0.2')];
    const forged = await Promise.all(
      Array.from({ length: 100 }, () => one.post('/approvals/sign-in', { name: 'ann' })),
    );
    expect(new Set(forged.map(({ status }) => status))).toEqual(new Set([403]));
    for (let index = 0; index < 10; index++) {
      const { status, body } = await attempt(one, '');
      expect([status, body]).toEqual([401, expect.stringContaining('Nothing was tried')]);
    }
    for (let index = 0; index < 5; index++) expect((await attempt(one, 'wrong')).status).toBe(401);
    const slowed = await attempt(one, PASSPHRASE);
    expect(slowed.status).toBe(429);
    expect(Number(slowed.headers['retry-after'])).toBeGreaterThan(0);
    expect((await attempt(two, PASSPHRASE)).status).toBe(303);
  });
  it('does not tell whether a name exists', async () => {
    const attempt = async (name: string, from: string) => {
      const client = createRawClient(origin, from);
      const { body } = await client.get('/approvals/sign-in');
      const hidden = client.hiddenFieldsOf(body, '/approvals/sign-in');
      const { status, body: answer } = await client.post('/approvals/sign-in', {
        ...hidden,
        name,
        passphrase: 'wrong',
      });
      return [status, answer.replace(/(nonce|value)="[^"]*"/g, '')];
    };
    const seen = await Promise.all([attempt('ann', '127.0.0.8'), attempt('nobody', '127.0.0.9')]);
    expect(seen[0]).toEqual(seen[1]);
    expect(seen[0]?.[0]).toBe(401);
  });
});

it('the address of the server leads to the page, and the page has an icon', async () => {
  const client = createRawClient(origin);
  expect(await client.get('/')).toMatchObject({ status: 302, headers: { location: '/approvals' } });
  expect((await client.post('/', {})).status).toBe(404);
  const icon = await client.get('/approvals/icon.svg');
  expect(icon).toMatchObject({ status: 200, headers: { 'content-type': 'image/svg+xml' } });
  expect((await client.get('/approvals/sign-in')).body).toContain('href="/approvals/icon.svg"');
});
