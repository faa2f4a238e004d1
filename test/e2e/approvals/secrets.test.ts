import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { follow, hasBrowser, openBrowser, signIn, type TestBrowser } from '../../support/approvals/browser.ts';
import { type ApprovalProgram, approvalOf, PASSPHRASE, startApprovalProgram } from '../../support/approvals/program.ts';

/** A new password goes from the approver's keyboard to the vendor and nowhere else. */

let program: ApprovalProgram;
let browser: TestBrowser;
beforeAll(async () => {
  program = await startApprovalProgram();
  if (hasBrowser) browser = await openBrowser();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await program.stop();
});
beforeEach(() => {
  for (const vendor of Object.values(program.server.sandbox.vendors)) vendor.reset();
});

async function typeTwice(page: Page, first: string, second = first): Promise<void> {
  await page.getByLabel('New password', { exact: true }).fill(first);
  await page.getByLabel('New password again').fill(second);
  const label = page.getByLabel('Type "Jane Doe" to confirm');
  if (await label.count()) await label.fill('Jane Doe');
  await follow(page.getByRole('button', { name: 'Approve this change' }));
}

/** All bytes in the state folder, which holds the store, its journal and the key. */
function stateBytes(): string {
  const files = readdirSync(program.server.dir, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  return files.map((one) => readFileSync(join(one.parentPath, one.name), 'latin1')).join('\n');
}

describe.runIf(hasBrowser)('a password the agent asks for', { timeout: 180_000 }, () => {
  it('is checked by the vendor’s rules on the page, and reaches only the vendor', async () => {
    const { mediasilo } = program.server.sandbox.vendors;
    const jane = idOf('mediasilo', 'jane');
    const userName = String(mediasilo.users.get(jane)?.['userName']);
    const agent = await program.agent();
    const args = { user_id: jane, ask_for: ['password'], reason: 'locked out' };
    const asked = await agent.call('mediasilo_update_user', args);
    expect(asked.is).toMatchObject({ outcome: 'needs_approval', changes: [{ field: 'password', after: '[secret]' }] });

    const page = await browser.openPage();
    await page.goto(approvalOf(asked).url);
    await signIn(page, 'ann', PASSPHRASE);
    const inputs = page.locator('input[type=password]');
    expect(await inputs.count()).toBe(2);
    for (const input of await inputs.all()) expect(await input.getAttribute('autocomplete')).toBe('new-password');

    const rejected: string[] = [];
    const expectRejected = async (first: string, second: string, error: RegExp, at: string) => {
      rejected.push(first, second);
      await typeTwice(page, first, second);
      expect(await page.getByRole('alert').innerText()).toMatch(error);
      const input = page.getByLabel(at, { exact: true });
      expect(await input.getAttribute('aria-invalid')).toBe('true');
      const errorId = (await input.getAttribute('aria-describedby'))?.split(' ').at(-1) ?? '';
      expect(await page.locator(`#${errorId}`).innerText()).toMatch(error);
      for (const one of await inputs.all()) expect(await one.inputValue()).toBe('');
    };
    await expectRejected('Horse-Battery-51', 'Horse-Battery-52', /not the same/, 'New password again');
    await expectRejected('short', 'short', /at least 8 characters[^]*upper case/, 'New password');
    await expectRejected(`${userName}-A1`, `${userName}-A1`, /must not contain the user name/, 'New password');
    await follow(page.getByRole('button', { name: 'Approve this change' }));
    expect(await page.getByRole('alert').innerText()).toContain('is missing');
    expect((await agent.call('mediasilo_update_user', args)).is.outcome).toBe('needs_approval');

    const secret = 'Wintergreen_Lantern.4107';
    await typeTwice(page, secret);
    const after = await page.content();
    expect(await page.getByRole('status').innerText()).toContain('Approved by ann');
    const sealed = stateBytes();
    const written = await agent.call('mediasilo_update_user', args);
    expect(written.is).toMatchObject({ outcome: 'updated', changes: [{ field: 'password', after: '[secret]' }] });
    expect(mediasilo.users.get(jane)?.['password']).toBe(secret);
    await page.reload();
    const places = [
      after,
      await page.content(),
      JSON.stringify(written),
      agent.log(),
      sealed,
      stateBytes(),
      JSON.stringify((await agent.call('list_changes', {})).is),
    ];
    for (const place of places) {
      for (const typed of [secret, ...rejected]) {
        expect(place).not.toContain(typed);
        expect(place).not.toContain(Buffer.from(typed).toString('base64').replace(/=+$/, ''));
      }
    }
    expect((await (await program.app.store()).approvals.get(approvalOf(asked).id))?.secret).toBeUndefined();
  });

  it('is set along with other fields', async () => {
    const { atomicwork } = program.server.sandbox.vendors;
    const jane = idOf('atomicwork', 'jane');
    const agent = await program.agent();
    const args = { user_id: jane, set: { title: 'Head of Product' }, ask_for: ['password'] };
    const page = await browser.openPage();
    await page.goto(approvalOf(await agent.call('atomicwork_update_user', args)).url);
    await signIn(page, 'ann', PASSPHRASE);
    await typeTwice(page, 'Ocean "and" <Ärger> 9');
    expect((await agent.call('atomicwork_update_user', args)).is).toMatchObject({ outcome: 'updated' });
    expect(atomicwork.users.get(jane)).toMatchObject({ title: 'Head of Product', password: 'Ocean "and" <Ärger> 9' });
    expect(atomicwork.requests.filter(({ method }) => method === 'PUT')).toHaveLength(1);
  });

  it('is dropped when the approver declines', async () => {
    const agent = await program.agent();
    const args = { user_id: idOf('mediasilo', 'john'), ask_for: ['password'] };
    const asked = await agent.call('mediasilo_update_user', args);
    const page = await browser.openPage();
    await page.goto(approvalOf(asked).url);
    await signIn(page, 'ann', PASSPHRASE);
    await page.getByLabel('New password', { exact: true }).fill('Not-to-be-kept-88');
    await follow(page.getByRole('button', { name: 'Decline' }));
    expect((await agent.call('mediasilo_update_user', args)).is).toMatchObject({ outcome: 'refused' });
    expect(stateBytes()).not.toContain('Not-to-be-kept-88');
  });
});
