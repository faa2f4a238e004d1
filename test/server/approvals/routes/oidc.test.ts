import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createVerifier } from '../../../../src/approvals/passphrase.ts';
import { idOf } from '../../../../src/sandbox/people.ts';
import { approvalsRoute } from '../../../../src/server/http/approvals-route.ts';
import { approvalOf, PASSPHRASE } from '../../../support/approvals/program.ts';
import { AUDIENCE, type Issuer, startIssuer } from '../../../support/http/issuer.ts';
import { startHttpServer, type TestServer } from '../../../support/http/server.ts';
import { type CookieBrowser, createCookieBrowser, type Page } from '../../../support/oidc/browser.ts';
import { type OidcProvider, startProvider } from '../../../support/oidc/provider.ts';

/** Approvers who sign in at a real OpenID Connect provider. */

const MINUTE = 60_000;
const ann = {
  email: 'ann@acme.example',
  email_verified: true,
  preferred_username: 'ann.lee',
  groups: ['hr-approvers'],
};

let provider: OidcProvider;
let issuer: Issuer;
let place: TestServer;
let home: string;
let later = 0;
beforeAll(async () => {
  [provider, issuer] = await Promise.all([startProvider(), startIssuer()]);
  const { clientId, clientSecret } = provider;
  const config = {
    policy: { rules: [{ field: '*', decision: 'approve' }] },
    http: { auth: { oauth: { issuer: issuer.issuer, audience: AUDIENCE, jwks: issuer.jwks } } },
    approvals: {
      oidc: {
        issuer: provider.issuer,
        clientId,
        clientSecret,
        name: 'email',
        allow: { groups: ['hr-approvers', 'it'] },
      },
    },
  };
  place = await startHttpServer(config, {
    routes: (app, origin) => [approvalsRoute(app, origin, { now: () => Date.now() + later })],
  });
  home = `${place.server.url}/approvals`;
  provider.register(`${home}/oidc/callback`);
}, 60_000);
afterAll(async () => {
  await place.stop();
  await Promise.all([provider.close(), issuer.close()]);
});
beforeEach(async () => {
  later = 0;
  provider.person = { sub: 'opaque-1', claims: ann };
  provider.asked.length = 0;
  place.sandbox.vendors.atlassian.reset();
  const { approvals } = await place.server.app.store();
  for (const { name } of await approvals.approvers()) await approvals.removeApprover(name);
});

const approvers = async () => (await place.server.app.store()).approvals.approvers();
const stateOf = async (id: string) => (await (await place.server.app.store()).approvals.get(id))?.state;

/** To the provider and back to the callback; returns what the browser ends at. */
async function signIn(browser: CookieBrowser, to?: string, more = ''): Promise<Page> {
  const start = await browser.get(`${home}/oidc/start?${to === undefined ? '' : `to=${to}`}${more}`);
  const back = await browser.get(await provider.walk(start.location), 'cross-site');
  return await browser.get(back.location);
}

let turn = 0;
/** A change that waits for an approver, by an OAuth caller. */
async function ask(set: Record<string, unknown> = { title: `Boss ${++turn}` }, claims: Record<string, unknown> = {}) {
  const agent = await place.connect('v2-modern-mute', { token: await issuer.token({ sub: 'agent', ...claims }) });
  const call = () => agent.call('atlassian_update_user', { user_id: idOf('atlassian', 'jane'), set });
  return { ...approvalOf(await call()), call };
}

async function press(browser: CookieBrowser, id: string, verb: string, fields: Record<string, string> = {}) {
  const path = `/approvals/${id}/${verb}`;
  const page = await browser.get(`${home}/${id}`);
  const form = new RegExp(`action="${path}"[^]*?</form>`).exec(page.body)?.[0] ?? '';
  const hidden = [...form.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)].map(([, k, v]) => [k, v]);
  return await browser.post(`${home}/${id}/${verb}`, { ...Object.fromEntries(hidden), ...fields });
}

describe('an approver of the provider', { timeout: 60_000 }, () => {
  it('signs in from the link to a request, approves it, and signs out', async () => {
    const { id, call } = await ask();
    const browser = createCookieBrowser();
    const page = await browser.get((await browser.get(`${home}/${id}`)).location);
    expect(page.body).toContain(`Sign in with ${new URL(provider.issuer).host}`);
    expect(page.body).not.toContain('Passphrase');
    const shown = await signIn(browser, id);
    expect(shown.body).toMatch(/Signed in as <\/span><strong>ann@acme.example<\/strong>/);
    const [asked] = provider.asked;
    expect(asked?.get('code_challenge_method')).toBe('S256');
    expect(asked?.get('scope')).toBe('openid profile email groups');
    for (const name of ['state', 'nonce', 'code_challenge']) expect(asked?.get(name)).toMatch(/^[\w-]{43}$/);
    expect((await press(browser, id, 'approve')).status).toBe(303);
    expect((await call()).is).toMatchObject({ outcome: 'updated' });
    expect(await approvers()).toMatchObject([
      {
        name: 'ann@acme.example',
        principals: [`${provider.issuer}#opaque-1`, 'opaque-1', 'ann@acme.example', 'ann.lee'],
        may: ['*:*'],
        signedInAt: expect.any(String),
      },
    ]);
    const form = /action="\/approvals\/sign-out"[^]*?<\/form>/.exec((await browser.get(home)).body)?.[0] ?? '';
    const hidden = [...form.matchAll(/name="(csrf|nonce)" value="([^"]*)"/g)].map(([, k, v]) => [k, v]);
    await browser.post(`${home}/sign-out`, Object.fromEntries(hidden));
    expect((await browser.get(home)).location).toContain('/sign-in');
  });

  it('has no passphrase, and a passphrase approver beside may still use one', async () => {
    const browser = createCookieBrowser();
    await signIn(browser);
    const { approvals } = await place.server.app.store();
    await approvals.addApprover('ben', await createVerifier(PASSPHRASE));
    const other = createCookieBrowser();
    const page = await other.get(`${home}/sign-in`);
    expect(page.body).toMatch(/Sign in with[^]*With a passphrase/);
    const hidden = Object.fromEntries(
      [...page.body.matchAll(/name="(csrf|nonce)" value="([^"]*)"/g)].map(([, k, v]) => [k, v]),
    );
    const tried = await other.post(`${home}/sign-in`, { ...hidden, name: 'ann@acme.example', passphrase: PASSPHRASE });
    expect(tried.status).toBe(401);
    expect((await browser.get(`${home}/passphrase`)).status).toBe(404);
  });

  it('is refused once out of the group: the session ends, and the unused yes does not count', async () => {
    const { id, call } = await ask();
    const browser = createCookieBrowser();
    await signIn(browser, id);
    await press(browser, id, 'approve');
    expect(await stateOf(id)).toBe('approved');
    provider.person.claims = { ...ann, groups: ['sales'] };
    const refused = await signIn(createCookieBrowser());
    expect(refused.body).toContain('Your account may not approve changes.');
    expect(await approvers()).toEqual([]);
    expect((await browser.get(home)).location).toContain('/sign-in');
    expect((await call()).is).toMatchObject({ outcome: 'needs_approval' });
    expect(await stateOf(id)).toBe('pending');
  });

  it.each<[string, object, string]>([
    ['not in a group', { groups: [] }, 'may not approve'],
    ['in a group that only looks like one', { groups: ['HR-Approvers', 'hr-approvers '] }, 'may not approve'],
    ['without groups', { groups: undefined }, 'may not approve'],
    ['with an address that is not verified', { email_verified: false }, 'not verified'],
    ['with a text in place of a verification', { email_verified: 'true' }, 'not verified'],
    ['whose name cannot be read', { email: 'an\u202en@acme.example' }, 'no name that approvers can be shown by'],
  ])('is refused %s', async (_what, claims, message) => {
    provider.person.claims = { ...ann, ...claims };
    expect((await signIn(createCookieBrowser())).body).toContain(message);
    expect(await approvers()).toEqual([]);
  });

  it('has no name that looks like another approver’s', async () => {
    const { approvals } = await place.server.app.store();
    await approvals.addApprover('\u0430nn@acme.example', await createVerifier(PASSPHRASE));
    const refused = await signIn(createCookieBrowser());
    expect(refused.body).toContain('belongs to another approver, or looks like it');
    expect(await approvers()).toHaveLength(1);
  });

  it('may not approve what a caller with an opaque subject asks for whose token has the same address', async () => {
    const claims = { sub: 'x-9999', email: 'Ann@Acme.example', email_verified: true };
    const { id, call } = await ask(undefined, claims);
    const browser = createCookieBrowser();
    const page = await signIn(browser, id);
    expect(page.body).toContain('You may not approve this');
    expect(page.body).not.toContain(`${id}/approve`);
    provider.person = { sub: 'opaque-2', claims: { ...ann, email: 'ben@acme.example', preferred_username: 'ben' } };
    const other = createCookieBrowser();
    await signIn(other, id);
    await press(other, id, 'approve');
    expect((await call()).is).toMatchObject({ outcome: 'updated' });
  });

  it('needs a sign-in of the last 15 minutes for more than ordinary changes, which the provider is asked for', async () => {
    const ordinary = await ask();
    const risky = await ask({ active: false });
    const browser = createCookieBrowser();
    await signIn(browser, risky.id);
    expect((await browser.get(`${home}/${risky.id}`)).body).toContain(`${risky.id}/approve`);
    later = 16 * MINUTE;
    const stale = await browser.get(`${home}/${risky.id}`);
    expect(stale.body).toContain('Sign in again to decide');
    expect(stale.body).not.toMatch(/\/(approve|decline)"/);
    const again = await browser.get(`${home}/sign-in?again=1&to=${risky.id}`);
    expect(again.body).toContain(`/approvals/oidc/start?to=${risky.id}&amp;again=1`);
    await press(browser, ordinary.id, 'approve');
    expect(await stateOf(ordinary.id)).toBe('approved');

    later = 0;
    const open = await browser.get(`${home}/${risky.id}`);
    later = 16 * MINUTE;
    const form = new RegExp(`action="/approvals/${risky.id}/approve"[^]*?</form>`).exec(open.body)?.[0] ?? '';
    const hidden = [...form.matchAll(/name="(csrf|nonce)" value="([^"]*)"/g)].map(([, k, v]) => [k, v]);
    const sent = { ...Object.fromEntries(hidden), typed: 'Jane Doe' } as Record<string, string>;
    expect((await browser.post(`${home}/${risky.id}/approve`, sent)).location).toContain(`again=1&to=${risky.id}`);
    expect(await stateOf(risky.id)).toBe('pending');

    later = 0;
    provider.asked.length = 0;
    const fresh = await signIn(browser, risky.id, '&again=1');
    expect(provider.asked[0]?.get('prompt')).toBe('login');
    expect(provider.asked[0]?.get('max_age')).toBe('900');
    expect(fresh.body).toContain(`${risky.id}/approve`);
    await press(browser, risky.id, 'approve', { typed: 'Jane Doe' });
    expect(await stateOf(risky.id)).toBe('approved');
    later = 61 * MINUTE;
    expect((await browser.get(home)).location).toContain('/sign-in');
  });

  it('keeps the yes over another sign-in, with the name and rights of then', async () => {
    const { id, call } = await ask();
    const browser = createCookieBrowser();
    await signIn(browser, id);
    await press(browser, id, 'approve');
    await signIn(createCookieBrowser());
    expect((await call()).is).toMatchObject({ outcome: 'updated' });
    provider.person.claims = { ...ann, email: 'ann.lee@acme.example' };
    await signIn(createCookieBrowser());
    expect((await approvers()).map(({ name }) => name)).toEqual(['ann.lee@acme.example']);
  });
});

describe('the way back from the provider', { timeout: 60_000 }, () => {
  const begin = async (browser: CookieBrowser) => {
    const start = await browser.get(`${home}/oidc/start`);
    return await provider.walk(start.location);
  };
  const end = async (browser: CookieBrowser, url: string) =>
    (await browser.get((await browser.get(url, 'cross-site')).location)).body;

  it('counts once, and only in the browser that went', async () => {
    const browser = createCookieBrowser();
    const url = await begin(browser);
    const other = createCookieBrowser();
    expect(await end(other, url)).toContain('begun in another browser');
    const kept = createCookieBrowser();
    const mine = await begin(kept);
    expect(await end(kept, url)).toContain('did not fit this sign-in');
    expect(await end(kept, mine)).toContain('Signed in as');
    expect(await end(kept, mine)).toContain('begun in another browser');
    expect(await approvers()).toHaveLength(1);
  });

  it('counts once for all instances, also with the cookie of before', async () => {
    const browser = createCookieBrowser();
    const start = await browser.get(`${home}/oidc/start`);
    const url = await provider.walk(start.location);
    const { approvals } = await place.server.app.store();
    const state = new URL(url).searchParams.get('state') ?? '';
    await approvals.consume({ id: `oidc/${state}`, expiresAt: Date.now() + MINUTE });
    expect(await end(browser, url)).toContain('used already');
  });

  it('counts for ten minutes', async () => {
    const browser = createCookieBrowser();
    const url = await begin(browser);
    later = 10 * MINUTE;
    expect(await end(browser, url)).toContain('more than ten minutes ago');
  });

  it.each<[string, (url: URL) => void, string]>([
    ['another state', (url) => url.searchParams.set('state', 'x'.repeat(43)), 'did not fit this sign-in'],
    ['no state', (url) => url.searchParams.delete('state'), 'did not fit this sign-in'],
    ['another issuer', (url) => url.searchParams.set('iss', 'http://127.0.0.1:9'), 'did not fit this sign-in'],
    ['no issuer', (url) => url.searchParams.delete('iss'), 'did not fit this sign-in'],
    ['another code', (url) => url.searchParams.set('code', 'guessed'), 'did not fit this sign-in'],
    ['a refusal', (url) => refuse(url), 'sent you back without signing you in'],
  ])('does not count with %s', async (_what, change, message) => {
    const browser = createCookieBrowser();
    const url = new URL(await begin(browser));
    change(url);
    const body = await end(browser, url.href);
    expect(body).toContain(message);
    expect(body).not.toContain('<b>text of the provider');
    expect(await approvers()).toEqual([]);
  });

  function refuse(url: URL): void {
    url.searchParams.delete('code');
    url.searchParams.set('error', 'access_denied');
    url.searchParams.set('error_description', '<b>text of the provider');
  }

  it('does not sign out who is signed in, wherever the request came from', async () => {
    const browser = createCookieBrowser();
    await signIn(browser);
    const before = browser.cookies();
    await browser.get(`${home}/oidc/callback?state=x&code=y`, 'cross-site');
    expect(browser.cookies()).toEqual(before);
    expect((await browser.get(home)).status).toBe(200);
  });
});
