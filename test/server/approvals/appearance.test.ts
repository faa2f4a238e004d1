import { mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { follow, hasBrowser, openBrowser, signIn, type TestBrowser } from '../../support/approvals/browser.ts';
import { type ServedPage, serveApprovalPage } from '../../support/approvals/page.ts';
import { PASSPHRASE } from '../../support/approvals/program.ts';

/** The page on a phone and a wide screen, light and dark, with a keyboard, and to a screen reader. */

// axe-core is CommonJS, and its source is injected into the page.
const { source: axe } = createRequire(import.meta.url)('axe-core') as { source: string };
/** Screenshots, for a person to check. */
const screenshots = mkdtempSync(join(tmpdir(), 'approvals-'));

let served: ServedPage;
let browser: TestBrowser;
const urls: Record<string, string> = {};

beforeAll(async () => {
  served = await serveApprovalPage({
    config: {
      policy: {
        rules: [
          { field: '*.language', decision: 'strip' },
          { field: '*', decision: 'approve' },
        ],
      },
    },
  });
  const { pipeline, page } = served;
  const requests: [string, string, unknown][] = [
    [
      'leaving',
      'atlassian',
      {
        user_id: idOf('atlassian', 'jane'),
        set: { title: 'Advisor', active: false },
        clear: ['nickName'],
        reason: 'leaves on Friday',
      },
    ],
    [
      'secret',
      'mediasilo',
      {
        user_id: idOf('mediasilo', 'jane'),
        set: {
          email: 'jane.d0e@acme.example',
          status: 'DELETED',
          address: { city: 'Hamburg\u202e<script>', country: 'DE' },
        },
        ask_for: ['password'],
        reason: 'a'.repeat(200),
      },
    ],
    ['plain', 'awork', { user_id: idOf('awork', 'anna'), set: { position: 'Lead Designer', language: 'de' } }],
    [
      'emails',
      'atlassian',
      {
        user_id: idOf('atlassian', 'john'),
        set: { emails: [{ value: `${'long'.repeat(12)}@acme.example`, primary: true, type: 'work' }] },
      },
    ],
  ];
  for (const [name, connection, args] of requests) {
    const { approval, message } = await pipeline.call(connection, args);
    if (!approval) throw new Error(message);
    urls[name] = `${page.url}/${approval.id}`;
  }
  urls['list'] = page.url;
  if (!hasBrowser) return;
  browser = await openBrowser();
  console.log(`screenshots of the approval page: ${screenshots}`);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await served.stop();
});

async function check(view: Page, name: string): Promise<void> {
  await view.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
  const width = await view.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  expect(width, `${name} scrolls sideways`).toBeLessThanOrEqual(0);
  await view.evaluate(axe);
  const { violations } = (await view.evaluate('axe.run()')) as AxeResults;
  const found = violations.map(
    ({ id, impact, nodes }) => `${impact}: ${id}: ${nodes.map((node) => node.html).join(' | ')}`,
  );
  expect(found, name).toEqual([]);
}

describe.runIf(hasBrowser)('the approval page', { timeout: 300_000 }, () => {
  it.each([
    [320, 'light'],
    [360, 'dark'],
    [1280, 'light'],
  ] as const)('is readable at %i px, %s', async (width, colorScheme) => {
    const view = await browser.openPage({
      javaScriptEnabled: true,
      bypassCSP: true,
      viewport: { width, height: 800 },
      colorScheme,
    });
    const checkView = (name: string) => check(view, `${name}-${width}-${colorScheme}`);
    await view.goto(urls['leaving'] ?? '');
    await checkView('sign-in');
    await signIn(view, 'ann', 'wrong');
    await checkView('wrong');
    await signIn(view, 'ann', PASSPHRASE);
    await checkView('leaving');
    for (const name of ['list', 'secret', 'plain', 'emails']) {
      await view.goto(urls[name] ?? '');
      await checkView(name);
    }
    await view.goto(urls['secret'] ?? '');
    await follow(view.getByRole('button', { name: 'Approve' }));
    await checkView('errors');
    await view.goto(`${served.page.url}/00000000-0000-4000-8000-000000000000`);
    await checkView('unknown');
    await view.context().close();
  });

  it('can be used with the keyboard alone', async () => {
    const view = await browser.openPage({ javaScriptEnabled: true, bypassCSP: true });
    const options = { timeout: 20_000 };
    const focused = () => view.evaluate('document.activeElement.textContent.trim() || document.activeElement.name');
    const press = async (...keys: string[]) => {
      for (const key of keys) await view.keyboard.press(key);
    };
    await view.goto(urls['leaving'] ?? '');
    await press('Tab');
    expect(await focused()).toBe('Skip to content');
    await press('Enter', 'Tab');
    expect(await focused()).toBe('name');
    await view.keyboard.type('ann');
    await press('Tab');
    await view.keyboard.type(PASSPHRASE);
    await press('Enter');
    await view.getByRole('heading', { name: 'Update' }).waitFor();
    await press('Tab', 'Enter', 'Tab', 'Tab');
    expect(await focused()).toBe('typed');
    await view.keyboard.type('not her');
    await press('Enter');
    await view.getByRole('alert').waitFor();
    await expect.poll(focused, options).toContain('Not approved yet');
    await press('Tab', 'Enter');
    const outline = () => view.evaluate('getComputedStyle(document.querySelector("#typed")).outlineStyle');
    await expect.poll(outline, options).toBe('solid');
    await view.keyboard.type('Jane Doe');
    await press('Enter');
    await view.getByRole('status').waitFor();
    expect(await view.getByRole('status').innerText()).toContain('Approved by ann');
    await check(view, 'approved');
  });

  it('has roles and names for a screen reader', async () => {
    const view = await browser.openPage();
    await view.goto(urls['secret'] ?? '');
    await signIn(view, 'ann', PASSPHRASE);
    const tree = await view.locator('body').ariaSnapshot();
    for (const part of [
      '- banner:',
      '- main:',
      'heading "Update \\"Jane Doe\\" at MediaSilo?" [level=1]',
      'region "What changes"',
      'paragraph: This changes what they sign in to MediaSilo with.',
      'heading "email" [level=3]',
      'term: Before',
      'region "Who asks"',
      'region "Approve"',
      'textbox "New password again"',
      'textbox "Type \\"Jane Doe\\" to confirm"',
      'button "Approve this change"',
      'textbox "Reason, if you like"',
      'button "Decline"',
    ]) {
      expect(tree).toContain(part);
    }
  });
});
