import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { follow, hasBrowser, openBrowser, signIn, type TestBrowser } from '../../support/approvals/browser.ts';
import { type ServedPage, serveApprovalPage } from '../../support/approvals/page.ts';
import { PASSPHRASE } from '../../support/approvals/program.ts';
import { putsAt } from '../../support/pipeline/pipeline.ts';

/** What an approver does in a browser without scripts, and what comes of it. Everything else is tested without one. */

const policy = { rules: [{ field: ['*.title', '*.active', '*.nickName'], decision: 'approve' }] };
const jane = idOf('atlassian', 'jane');
const leaving = {
  user_id: jane,
  set: { title: 'Advisor', active: false },
  clear: ['nickName'],
  reason: 'leaves on Friday',
};

let served: ServedPage;
let browser: TestBrowser;
beforeAll(async () => {
  served = await serveApprovalPage({ config: { policy } });
  if (hasBrowser) browser = await openBrowser();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await served.stop();
});
beforeEach(() => served.pipeline.sandbox.vendors.atlassian.reset());

const vendor = () => served.pipeline.sandbox.vendors.atlassian;
const writes = () => putsAt(served.pipeline.sandbox, 'atlassian');
const call = async (args: unknown) => await served.pipeline.call('atlassian', args);
const ask = async (args: unknown) => (await call(args)).approval?.url ?? '';

async function openSignedIn(url: string, options = {}) {
  const page = await browser.openPage(options);
  await page.goto(url);
  await signIn(page, 'ann', PASSPHRASE);
  return page;
}

describe.runIf(hasBrowser)('the approval page', { timeout: 180_000 }, () => {
  it('shows a pending change to an approver, whose yes allows one write', async () => {
    const url = await ask(leaving);
    const page = await openSignedIn(url);
    expect(page.url()).toBe(url);
    const main = await page.getByRole('main').innerText();
    const parts = main
      .split(/\n+/)
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('Open for'));
    expect(parts.slice(0, 24)).toEqual([
      'Takes "Jane Doe"’s access away at Atlassian, and makes 2 other changes',
      'Asked by "local" (client says: "tests 1.0")',
      'Reason: "leaves on Friday"',
      '"jane.doe@acme.example", "jane@mail.example"',
      'What changes',
      'This takes their access to Atlassian away.',
      'active',
      'Risk: lifecycle',
      'Before',
      'true',
      'After',
      'false',
      'title',
      'Before',
      '"Product Manager"',
      'After',
      '"Advisor"',
      'nickName',
      'is emptied',
      'Before',
      '"JD"',
      'After',
      '(empty)',
      'Type "Jane Doe" to confirm',
    ]);
    await page.getByText('Details').click();
    const details = await page.locator('.facts').innerText();
    for (const fact of ['"atlassian"', jane, 'rules[0]', 'atlassian_update_user', 'UTC']) {
      expect(details).toContain(fact);
    }

    await page.getByLabel('Type "Jane Doe" to confirm').fill('John Doe');
    await follow(page.getByRole('button', { name: 'Approve this change' }));
    expect(await page.getByRole('alert').innerText()).toContain('does not match');
    expect(await page.title()).toMatch(/^Error: /);
    expect(await page.content()).not.toContain('John Doe');
    await page.getByLabel('Type "Jane Doe" to confirm').fill('Jane Doe');
    await follow(page.getByRole('button', { name: 'Approve this change' }));
    expect(await page.getByRole('status').innerText()).toMatch(/Approved by ann[^]*call again with the same arguments/);
    expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
    expect(writes()).toHaveLength(0);

    const { outcome, change_id } = await call(leaving);
    expect(outcome).toBe('updated');
    expect(writes()).toHaveLength(1);
    expect(vendor().users.get(jane)).toMatchObject({ active: false, title: 'Advisor' });
    expect(await call(leaving)).toMatchObject({ outcome: 'unchanged' });
    expect(writes()).toHaveLength(1);
    await page.reload();
    expect(await page.getByRole('status').innerText()).toMatch(new RegExp(`carried out[^]*${change_id}`));
  });

  it('lets an approver decline; the agent learns that there is a reason, but not the reason', async () => {
    const args = { user_id: jane, set: { title: 'Emperor' } };
    const page = await openSignedIn(await ask(args));
    await page.getByText('Decline with a reason').click();
    await page.getByLabel('Reason, if you like').fill('there is no such job');
    await follow(page.getByRole('button', { name: 'Decline' }));
    expect(await page.getByRole('status').innerText()).toMatch(/Declined by ann[^]*there is no such job/);
    const again = await call(args);
    expect(again).toMatchObject({ outcome: 'refused', code: 'declined' });
    expect(JSON.stringify(again)).not.toContain('no such job');
    expect(writes()).toHaveLength(0);
  });

  it('takes a yes back while it is unused', async () => {
    const args = { user_id: jane, set: { title: 'Director' } };
    const page = await openSignedIn(await ask(args));
    await follow(page.getByRole('button', { name: 'Approve this change' }));
    await follow(page.getByRole('button', { name: 'Take my yes back' }));
    expect(await page.getByRole('button', { name: 'Approve this change' }).count()).toBe(1);
    expect(await call(args)).toMatchObject({ outcome: 'needs_approval' });
  });

  it('decides requests for the same change of several people with one yes', async () => {
    const all = ['anna', 'john'] as const;
    const args = all.map((key) => ({ user_id: idOf('atlassian', key), set: { active: false } }));
    for (const each of args) await ask(each);
    const page = await openSignedIn(served.page.url);
    for (const name of ['Anna Lee', 'John Smith'])
      await page.getByLabel(`Select: Takes "${name}"’s access away at Atlassian`).check();
    await follow(page.getByRole('button', { name: 'Look at the selected together' }));
    await page.getByLabel('Type "2" to confirm').fill('3');
    await follow(page.getByRole('button', { name: 'Approve all 2' }));
    expect(await page.getByRole('alert').innerText()).toContain('does not match; type "2"');
    for (const each of args) expect(await call(each)).toMatchObject({ outcome: 'needs_approval' });
    await page.getByLabel('Type "2" to confirm').fill('2');
    await follow(page.getByRole('button', { name: 'Approve all 2' }));
    expect(await page.title()).toContain('Approved: 2 of 2');
    for (const each of args) expect(await call(each)).toMatchObject({ outcome: 'updated' });
  });

  it('signing out ends the session for every copy of the cookie', async () => {
    const url = await ask({ user_id: jane, set: { title: 'First' } });
    const page = await openSignedIn(served.page.url);
    await follow(page.getByRole('link', { name: 'Changes title of "Jane Doe"' }).last());
    expect(page.url()).toBe(url);
    const cookies = await page.context().cookies();
    expect(cookies).toMatchObject([{ httpOnly: true, sameSite: 'Strict', path: '/approvals' }]);
    await follow(page.getByRole('button', { name: 'Sign out' }));
    expect(await page.title()).toContain('Sign in');
    await page.context().addCookies(cookies);
    await page.goto(url);
    expect(await page.title()).toContain('Sign in');
  });

  it('stays signed in when a link on another site is followed', async () => {
    const url = await ask(leaving);
    const page = await openSignedIn(url);
    await page.route('http://chat.example/', (route) =>
      route.fulfill({ contentType: 'text/html', body: `<a href="${url}">approve</a>` }),
    );
    await page.goto('http://chat.example/');
    await follow(page.getByRole('link', { name: 'approve' }));
    await page.getByRole('region', { name: 'What changes' }).waitFor();
    expect(await page.getByRole('banner').innerText()).toMatch(/Signed in as\s+ann/);
  });

  it('stays signed in whatever page a link on another site leads to', async () => {
    const page = await openSignedIn(served.page.url);
    let path = '';
    await page.route('http://chat.example/', (route) =>
      route.fulfill({ contentType: 'text/html', body: `<a href="${served.page.url}${path}">look</a>` }),
    );
    for (path of ['/sign-in', '/nothing', '?a=%ff', '/together', '/passphrase', '/history/x', '/oidc/callback?a=%ff']) {
      await page.goto('http://chat.example/');
      await follow(page.getByRole('link', { name: 'look' }));
      await page.getByRole('banner').waitFor();
      await page.goto(served.page.url);
      expect(await page.getByRole('banner').innerText(), path).toMatch(/Signed in as\s+ann/);
    }
    // An address that was copied after such a reload.
    path = '/nothing?here';
    await page.goto('http://chat.example/');
    await follow(page.getByRole('link', { name: 'look' }));
    await follow(page.getByRole('link', { name: 'Continue' }));
    expect(await page.getByRole('banner').innerText()).toMatch(/Signed in as\s+ann/);
  });

  it('shows hostile values as text', async () => {
    const hostile =
      '</code><script>document.title="owned"</script><img src=x onerror=alert(1)>\u202eevil\u200b\u0007\n"';
    Object.assign(vendor().users.get(jane) ?? {}, { title: hostile, displayName: `Jane${hostile}` });
    const reason = '<h1></code><script>document.title="owned"</script><img src=x onerror=alert(1)>';
    const url = await ask({ user_id: jane, set: { title: '&lt;b&gt; <b>bold</b>' }, reason });
    const page = await browser.openPage({ javaScriptEnabled: true });
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => void (/Content.Security/.test(message.text()) && problems.push(message.text())));
    await page.goto(url);
    await signIn(page, 'ann', PASSPHRASE);
    const html = await page.content();
    const text = await page.getByRole('main').innerText();
    expect(text).toContain('<script>document.title=\\"owned\\"</script>');
    expect(text).toContain('\\u{202e}evil\\u{200b}\\u0007\\n');
    expect(text).toContain('"&lt;b&gt; <b>bold</b>"');
    expect(html).not.toMatch(/[\u202e\u200b\u0007]/);
    expect(await page.locator('script, img, b').count()).toBe(0);
    expect(await page.title()).not.toContain('owned"');
    expect(problems).toEqual([]);
  });
});
