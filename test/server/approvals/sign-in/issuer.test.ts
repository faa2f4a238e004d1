import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createApp } from '../../../../src/app.ts';
import { createApprovalService } from '../../../../src/approvals/service.ts';
import { idOf } from '../../../../src/sandbox/people.ts';
import { createApprovalsApp } from '../../../../src/server/approvals/app.ts';
import { type LoopbackServer, startLoopbackServer } from '../../../../src/server/approvals/loopback-server.ts';
import { expectAccessible } from '../../../support/approvals/accessible.ts';
import { follow, hasBrowser, openBrowser } from '../../../support/approvals/browser.ts';
import { type ServedPage, serveApprovalPage } from '../../../support/approvals/page.ts';
import { createCookieBrowser } from '../../../support/oidc/browser.ts';
import { type StandIn, startStandIn } from '../../../support/oidc/stand-in.ts';
import { settingsFrom } from '../../../support/pipeline/pipeline.ts';

/** The site with an issuer that signs everybody in at once, and says of them what a test wants. */

const person = { role: 'approver', nick: 'Ann Lee' };

let stand: StandIn;
let served: ServedPage;
let page: LoopbackServer;
let home: string;
let later = 0;
beforeAll(async () => {
  stand = await startStandIn();
  const file = join(mkdtempSync(join(tmpdir(), 'oidc-')), 'changes.db');
  served = await serveApprovalPage({ config: configOf(['approver']), env: { UPDATE_USER_STORE: file } });
  page = await startLoopbackServer(served.pipeline.app, 0, { now: () => Date.now() + later });
  home = page.url;
}, 60_000);
afterAll(async () => {
  const { store } = served.pipeline.app.settings;
  await page.close();
  await served.stop();
  await stand.close();
  if (store.kind === 'file') rmSync(join(store.path, '..'), { recursive: true });
});
beforeEach(() => {
  stand.reset();
  stand.claims = person;
});

function configOf(role: string[]) {
  const oidc = { issuer: stand.issuer, clientId: 'us', clientSecret: 's', allow: { role }, name: 'nick' };
  return { policy: { rules: [{ field: '*', decision: 'approve' }] }, approvals: { oidc } };
}

const ask = async (set: object) =>
  (await served.pipeline.call('atlassian', { user_id: idOf('atlassian', 'jane'), set })).approval?.id ?? '';

async function signIn(browser = createCookieBrowser(), query = '') {
  const start = await browser.get(`${home}/oidc/start${query}`);
  const issuer = await fetch(start.location, { redirect: 'manual' });
  const back = await browser.get(issuer.headers.get('location') ?? '', 'cross-site');
  return { browser, page: await browser.get(back.location) };
}

describe('an issuer', { timeout: 60_000 }, () => {
  it('that did not ask the person again is told apart from one that did', async () => {
    const risky = await ask({ active: false });
    const hoursAgo = () => Math.floor(Date.now() / 1000) - 7200;
    stand.claims = { ...person, auth_time: hoursAgo() };
    const { browser, page } = await signIn(undefined, `?to=${risky}`);
    expect(page.body).toContain('Sign in again to decide');
    expect((await signIn(browser, `?to=${risky}&again=1`)).page.body).toContain('did not ask who you are just now');
    stand.claims = { ...person, auth_time: Math.floor(Date.now() / 1000) };
    expect((await signIn(browser, `?to=${risky}&again=1`)).page.body).toContain(`${risky}/approve`);
  });

  it('whose yes was given under other settings has given none', async () => {
    const id = await ask({ title: 'Boss' });
    await signIn();
    const { app } = served.pipeline;
    const service = await createApprovalService(app);
    expect(await service.decide(id, 'Ann Lee', { yes: true })).toMatchObject({ row: { state: 'approved' } });
    const { store } = app.settings;
    const env = { UPDATE_USER_STORE: store.kind === 'file' ? store.path : '' };
    const other = createApp(settingsFrom(configOf(['approver', 'admin']), env));
    onTestFinished(() => other.shutdown());
    expect(await (await other.ports()).approval.approvers()).toMatchObject([{ name: 'ann' }]);
    const seenThere = await createApprovalService(other);
    const approval = await seenThere.open(id);
    if (!approval || approval === 'sealed') throw new Error('no approval');
    expect((await seenThere.review(approval, 'ann')).status).toMatchObject({ kind: 'pending', agreed: [] });
    expect((await service.review(approval, 'ann')).status).toMatchObject({ kind: 'approved', agreed: ['Ann Lee'] });
  });

  it('leads to cookies that other hosts cannot set, where the site is reached over https', async () => {
    const router = createApprovalsApp(served.pipeline.app, { basePath: '/approvals', publicUrl: 'https://a.example' });
    const start = await router.request('https://a.example/approvals/oidc/start', { headers: { host: 'a.example' } });
    const [cookie = '', ...others] = start.headers.getSetCookie();
    expect(others).toEqual([]);
    expect(cookie).toMatch(/^__Host-approvals-sign-in=[\w-]+; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/);
    const asked = new URL(start.headers.get('location') ?? '').searchParams;
    expect(asked.get('redirect_uri')).toBe('https://a.example/approvals/oidc/callback');
    for (const name of ['state', 'nonce', 'code_challenge']) expect(cookie).not.toContain(asked.get(name));
  });

  it('is not gone to for a page of another site', async () => {
    for (const to of ['//evil.example', 'https://evil.example', '..%2F..%2Fx', 'x"><b>']) {
      const { page } = await signIn(undefined, `?to=${to}`);
      expect(page.body).toContain('Signed in as');
    }
  });
});

describe.runIf(hasBrowser)('a browser', { timeout: 120_000 }, () => {
  it('signs in at the issuer and stays signed in, and every page on the way is accessible', async () => {
    const browser = await openBrowser();
    onTestFinished(() => browser.close());
    const view: Page = await browser.openPage({ javaScriptEnabled: true, bypassCSP: true });
    const id = await ask({ title: 'Chief' });
    await view.goto(`${home}/${id}`);
    await expectAccessible(view, 'sign-in with an issuer');
    // With the policy of the page, which says where forms and links may lead.
    const page = await browser.openPage();
    await page.goto(`${home}/${id}`);
    await follow(page.getByRole('link', { name: /^Sign in with / }));
    await page.waitForURL(`${home}/${id}`);
    await follow(page.getByRole('button', { name: 'Approve this change' }));
    expect(await page.textContent('main')).toContain('Approved by "Ann Lee"');
    stand.claims = { ...person, role: 'none' };
    await view.getByRole('link', { name: /^Sign in with / }).click();
    await view.waitForURL(/problem=not-allowed/);
    await expectAccessible(view, 'a refused sign-in');

    await view.getByLabel('Approver name').fill('ann');
    await view.getByLabel('Passphrase').fill('correct horse battery staple');
    await follow(view.getByRole('button', { name: 'Sign in' }));
    await follow(view.getByRole('link', { name: 'Passphrase' }));
    await expectAccessible(view, 'the passphrase');
    await follow(view.getByRole('button', { name: 'Change it' }));
    await expectAccessible(view, 'a wrong passphrase');
  });
});

it('a reason that was typed too late is there again after signing in, for that approver and once', async () => {
  const id = await ask({ active: false, title: 'Late' });
  const now = Math.floor(Date.now() / 1000);
  stand.claims = { ...person, auth_time: now - 895 };
  const { browser, page } = await signIn(undefined, `?to=${id}`);
  const form = new RegExp(`action="/approvals/${id}/decline"[^]*?</form>`).exec(page.body)?.[0] ?? '';
  const hidden = Object.fromEntries(
    [...form.matchAll(/name="(csrf|nonce)" value="([^"]*)"/g)].map(([, k, v]) => [k, v]),
  );
  later = 60_000;
  const sent = { ...hidden, reason: 'wrong "person" <b>' } as Record<string, string>;
  expect((await browser.post(`${home}/${id}/decline`, sent)).location).toContain('again=1');
  later = 0;
  stand.claims = { ...person, sub: 'another', nick: 'Ben' };
  expect((await signIn(browser, `?to=${id}&again=1`)).page.body).not.toContain('wrong &quot;person');
  stand.claims = { ...person, auth_time: now };
  const again = await signIn(browser, `?to=${id}&again=1`);
  expect(again.page.body).toContain('value="wrong &quot;person&quot; &lt;b&gt;"');
  expect((await browser.get(`${home}/${id}`)).body).not.toContain('wrong &quot;person');
});
