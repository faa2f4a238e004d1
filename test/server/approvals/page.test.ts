import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { follow, hasBrowser, openBrowser, signIn, type TestBrowser } from '../../support/approvals/browser.ts';
import { type ApprovalProgram, approvalOf, PASSPHRASE, startApprovalProgram } from '../../support/approvals/program.ts';

const policy = { rules: [{ field: ['*.active', '*.title', '*.nickName', '*.userName'], decision: 'approve' }] };
const jane = idOf('atlassian', 'jane');
const leaving = {
  user_id: jane,
  set: { title: 'Advisor', active: false },
  clear: ['nickName'],
  reason: 'leaves on Friday',
};

let program: ApprovalProgram;
let browser: TestBrowser;
beforeAll(async () => {
  program = await startApprovalProgram({ policy }, ['ann', 'eve', 'fay']);
  if (hasBrowser) browser = await openBrowser();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await program.stop();
});
beforeEach(() => program.server.sandbox.vendors.atlassian.reset());

const vendor = () => program.server.sandbox.vendors.atlassian;
const writes = () => vendor().requests.filter(({ method }) => method === 'PUT');

describe.runIf(hasBrowser)('the approval page', { timeout: 180_000 }, () => {
  it('shows a pending change to an approver, whose yes allows one write', async () => {
    const agent = await program.agent();
    const asked = await agent.call('atlassian_update_user', leaving);
    expect(asked.is).toMatchObject({
      outcome: 'needs_approval',
      approval: { url: expect.stringContaining('http://127.0.0.1:') },
    });
    expect(asked.isError).toBe(false);
    expect(JSON.stringify(asked)).not.toMatch(/JD|jane\.doe/); // personal: only approvers see it
    const { url } = approvalOf(asked);

    const page = await browser.openPage();
    await page.goto(url);
    expect(await page.title()).toBe('Sign in · Approvals');
    await signIn(page, 'ann', PASSPHRASE);
    expect(page.url()).toBe(url);

    const changes = await page.getByRole('region', { name: 'What changes' }).innerText();
    const lines = changes
      .split(/\n+/)
      .map((line) => line.trim())
      .filter(Boolean);
    expect(lines).toEqual([
      'What changes',
      'This takes their access to Atlassian away.',
      'active',
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
    ]);
    const who = await page.getByRole('region', { name: 'Who asks' }).innerText();
    expect(who).toMatch(/Caller, as verified\s+"local"\s+The client says it is \(not verified\)\s+"test-client 1.0"/);
    for (const fact of ['"leaves on Friday"', 'rules[0]', 'UTC']) expect(who).toContain(fact);
    expect(await page.getByRole('main').innerText()).toContain('"jane.doe@acme.example"');

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

    expect((await agent.call('atlassian_update_user', leaving)).is).toMatchObject({ outcome: 'updated' });
    expect(writes()).toHaveLength(1);
    expect(vendor().users.get(jane)).toMatchObject({ active: false, title: 'Advisor' });
    expect((await agent.call('atlassian_update_user', leaving)).is).toMatchObject({ outcome: 'unchanged' });
    expect(writes()).toHaveLength(1);

    await page.reload();
    expect(await page.getByRole('status').innerText()).toContain('carried out');
    const changed = await agent.call('list_changes', { user_id: jane });
    expect(changed.text).toContain('updated');
  });

  it('lets an approver decline; the agent learns that there is a reason, but not the reason', async () => {
    const agent = await program.agent();
    const args = { user_id: jane, set: { title: 'Emperor' } };
    const page = await browser.openPage();
    await page.goto(approvalOf(await agent.call('atlassian_update_user', args)).url);
    await signIn(page, 'ann', PASSPHRASE);
    await page.getByLabel('Reason, if you like').fill('there is no such job');
    await follow(page.getByRole('button', { name: 'Decline' }));
    expect(await page.getByRole('status').innerText()).toMatch(/Declined by ann[^]*there is no such job/);
    const again = await agent.call('atlassian_update_user', args);
    expect(again.is).toMatchObject({ outcome: 'refused', code: 'declined' });
    expect(again.text).not.toContain('no such job');
    expect(writes()).toHaveLength(0);
  });

  it('lists pending requests, soonest to expire first; signing out ends the session for every copy of the cookie', async () => {
    const agent = await program.agent();
    const { url } = approvalOf(await agent.call('atlassian_update_user', { user_id: jane, set: { title: 'First' } }));
    await agent.call('atlassian_update_user', { user_id: idOf('atlassian', 'john'), set: { title: 'Second' } });
    const page = await browser.openPage();
    await page.goto(url.replace(/\/[^/]*$/, ''));
    await signIn(page, 'ann', PASSPHRASE);
    const items = await page.getByRole('listitem').allInnerTexts();
    expect(items.at(-2)).toMatch(/"Jane Doe"[^]*title[^]*Asked by "local" \(client says: "test-client 1.0"\)/);
    expect(items.at(-1)).toContain('"John Smith"');
    await follow(page.getByRole('link', { name: 'Jane Doe' }).last());
    expect(page.url()).toBe(url);
    const cookies = await page.context().cookies();
    expect(cookies).toMatchObject([{ httpOnly: true, sameSite: 'Strict', path: '/approvals' }]);

    await follow(page.getByRole('button', { name: 'Sign out' }));
    expect(await page.title()).toContain('Sign in');
    await page.context().addCookies(cookies);
    await page.goto(url);
    expect(await page.title()).toContain('Sign in');
  });

  it('does not reveal whether a name exists, and slows down the source of wrong passphrases', async () => {
    const { url } = approvalOf(await (await program.agent()).call('atlassian_update_user', leaving));
    const page = await browser.openPage();
    const seen: Record<string, string[]> = {};
    for (const name of ['eve', 'nobody']) {
      const messages: string[] = [];
      await page.goto(url);
      for (let attempt = 0; attempt < 6; attempt++) {
        await signIn(page, name, 'not the passphrase');
        messages.push((await page.getByRole('alert').innerText()).replace(/\d+ seconds/, 'N seconds'));
      }
      seen[name] = messages;
    }
    expect(seen['eve']).toEqual(seen['nobody']);
    expect(seen['eve']?.[4]).toContain('not right');
    expect(seen['eve']?.[5]).toContain('wait N seconds');
    await page.goto(url);
    await signIn(page, 'eve', PASSPHRASE);
    expect(await page.getByRole('alert').innerText()).toMatch(/wait \d+ seconds/);
    expect(await page.content()).not.toContain(PASSPHRASE);
    await page.goto(url);
    await signIn(page, 'ann', PASSPHRASE);
    expect(page.url()).toBe(url);
  });

  it('signs a removed approver out', async () => {
    const { url } = approvalOf(await (await program.agent()).call('atlassian_update_user', leaving));
    const page = await browser.openPage();
    await page.goto(url);
    await signIn(page, 'fay', PASSPHRASE);
    expect(await page.title()).toContain('Update');
    await (await program.app.store()).approvals.removeApprover('fay');
    await page.reload();
    expect(await page.title()).toContain('Sign in');
  });

  it('stays signed in when a link on another site is followed', async () => {
    const { url } = approvalOf(await (await program.agent()).call('atlassian_update_user', leaving));
    const page = await browser.openPage();
    await page.goto(url);
    await signIn(page, 'ann', PASSPHRASE);
    await page.route('http://chat.example/', (route) =>
      route.fulfill({ contentType: 'text/html', body: `<a href="${url}">approve</a>` }),
    );
    await page.goto('http://chat.example/');
    await follow(page.getByRole('link', { name: 'approve' }));
    await page.getByRole('region', { name: 'What changes' }).waitFor();
    expect(await page.getByText('Signed in as ann').count()).toBe(1);
  });

  it('shows hostile values as text', async () => {
    const hostile =
      '</code><script>document.title="owned"</script><img src=x onerror=alert(1)>\u202eevil\u200b\u0007\n"';
    Object.assign(vendor().users.get(jane) ?? {}, { title: hostile, displayName: `Jane${hostile}` });
    const agent = await program.agent();
    const reason = '<h1></code><script>document.title="owned"</script><img src=x onerror=alert(1)>';
    const args = { user_id: jane, set: { title: '&lt;b&gt; <b>bold</b>' }, reason };
    const { url } = approvalOf(await agent.call('atlassian_update_user', args));
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
