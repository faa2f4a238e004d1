import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from '../../support/approvals/accessible.ts';
import { follow, hasBrowser, openBrowser, signIn, type TestBrowser } from '../../support/approvals/browser.ts';
import { askForExamples, type ExampleUrls } from '../../support/approvals/examples.ts';
import { type ServedPage, serveApprovalPage } from '../../support/approvals/page.ts';
import { PASSPHRASE } from '../../support/approvals/program.ts';

/** How the pages look and are used: on a phone and a wide screen, light and dark, with a keyboard, by a screen reader. */

const PHONE = { width: 390, height: 844 };
const WIDE = { width: 1280, height: 800 };

let served: ServedPage;
let browser: TestBrowser;
let urls: ExampleUrls;
/** With scripts, for axe and measurements; the pages themselves have none. */
let view: Page;

beforeAll(async () => {
  const rules = [
    { field: '*.language', decision: 'strip' },
    { field: '*', decision: 'approve' },
  ];
  served = await serveApprovalPage({ config: { policy: { rules } } });
  urls = await askForExamples(served);
  if (!hasBrowser) return;
  browser = await openBrowser();
  view = await browser.openPage({ javaScriptEnabled: true, bypassCSP: true, viewport: PHONE });
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await served.stop();
});

/** Finds nothing on the open page, on a phone and on a wide screen, in light and in dark colours. */
async function check(name: string): Promise<void> {
  for (const size of [PHONE, WIDE]) {
    await view.setViewportSize(size);
    for (const colorScheme of ['light', 'dark'] as const) {
      await view.emulateMedia({ colorScheme });
      await expectAccessible(view, `${name}, ${size.width} px, ${colorScheme}`);
    }
  }
  await view.setViewportSize(PHONE);
  await view.emulateMedia({ colorScheme: 'light' });
}

async function sidewaysOn(page: Page): Promise<number> {
  return await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

describe.runIf(hasBrowser)('the approval site', { timeout: 300_000 }, () => {
  it('is readable before and after signing in', async () => {
    await view.goto(urls.leaving);
    await check('sign-in');
    await signIn(view, 'ann', 'wrong');
    await check('a wrong passphrase');
    await signIn(view, 'ann', PASSPHRASE);
    expect(view.url()).toBe(urls.leaving);
    await check('a request');
    expect(await view.title()).toBe(
      `Takes "Jane Doe"’s access away at Atlassian, and makes 2 other changes · Approvals · ${new URL(urls.list).host}`,
    );
  });

  it.each(['list', 'secret', 'plain', 'emails', 'together', 'unknown'] as const)('is readable: %s', async (name) => {
    await view.goto(urls[name]);
    await check(name);
  });

  it('is readable with mistakes in a form', async () => {
    await view.goto(urls.secret);
    await follow(view.getByRole('button', { name: 'Approve' }));
    await check('mistakes');
  });

  it.each(['list', 'leaving', 'secret', 'together'] as const)(
    'fits a phone with text of twice the size: %s',
    async (name) => {
      await view.goto(urls[name]);
      await view.addStyleTag({ content: ':root { font-size: 200%; }' });
      expect(await sidewaysOn(view)).toBeLessThanOrEqual(0);
    },
  );

  it('fits a phone with an approver of a long name, as an issuer may give', async () => {
    await view.goto(urls.plain);
    await view.evaluate(
      `for (const one of document.querySelectorAll('header strong, h1, .by')) one.textContent = 'a'.repeat(128)`,
    );
    expect(await sidewaysOn(view)).toBeLessThanOrEqual(0);
  });

  it.each(['plain', 'deletion'] as const)('is decided without scrolling on a phone: %s', async (name) => {
    await view.goto(urls[name]);
    for (const button of ['Approve this change', 'Decline']) {
      const box = await view.getByRole('button', { name: button, exact: true }).boundingBox();
      expect((box?.y ?? 9999) + (box?.height ?? 0), button).toBeLessThanOrEqual(PHONE.height);
    }
    expect(await view.evaluate('scrollY')).toBe(0);
    // Everything that changes stands above the buttons.
    const rows = await view.getByRole('region', { name: 'What changes' }).boundingBox();
    const approve = await view.getByRole('button', { name: 'Approve' }).boundingBox();
    expect((rows?.y ?? 0) + (rows?.height ?? 0)).toBeLessThanOrEqual(approve?.y ?? 0);
  });

  it('tells approve and decline apart, and what is a risk, where the system chooses the colours', async () => {
    await view.goto(urls.leaving);
    await view.emulateMedia({ forcedColors: 'active' });
    const style = (selector: string, what: string) =>
      view.evaluate(`getComputedStyle(document.querySelector(${JSON.stringify(selector)})).${what}`);
    expect([await style('button.yes', 'borderTopStyle'), await style('button.no', 'borderTopStyle')]).toEqual([
      'solid',
      'dashed',
    ]);
    expect(await style('.rows > .risk', 'borderLeftStyle')).toBe('double');
    expect(await style('.tag', 'borderTopStyle')).toBe('solid');
    await view.emulateMedia({ forcedColors: 'none' });
  });

  it('is used with the keyboard alone', async () => {
    const page = await browser.openPage({ javaScriptEnabled: true });
    const focused = () => page.evaluate('document.activeElement.textContent.trim() || document.activeElement.name');
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await page.goto(urls.keyboard);
    await press('Tab');
    expect(await focused()).toBe('Skip to content');
    await press('Enter', 'Tab');
    expect(await focused()).toBe('name');
    await page.keyboard.type('ann');
    await press('Tab');
    await page.keyboard.type(PASSPHRASE);
    await press('Enter');
    await page.getByRole('heading', { name: 'Takes' }).waitFor();
    await press('Tab', 'Enter', 'Tab');
    expect(await focused()).toBe('typed');
    await page.keyboard.type('not him');
    await press('Enter');
    await page.getByRole('alert').waitFor();
    await expect.poll(focused, { timeout: 20_000 }).toContain('Not approved yet');
    await press('Tab', 'Enter');
    const outline = () => page.evaluate('getComputedStyle(document.querySelector("#typed")).outlineStyle');
    await expect.poll(outline, { timeout: 20_000 }).toBe('solid');
    await page.keyboard.type('John Smith');
    await press('Enter');
    await page.getByRole('status').waitFor();
    expect(await page.getByRole('status').innerText()).toContain('Approved by ann');
    // The list: two are selected, and looked at together.
    await page.goto(urls.list);
    const chosen = (url: string) => page.locator(`[name="pick-${url.split('/').at(-1)}"]`);
    for (const url of [urls.first, urls.second]) {
      while (!(await chosen(url).evaluate((box) => box === box.ownerDocument.activeElement))) await press('Tab');
      await press('Space');
    }
    await press('Enter');
    await page.getByRole('heading', { name: '2 requests together' }).waitFor();
    expect(await page.getByRole('button', { name: 'Approve all 2' }).count()).toBe(1);
    await page.context().close();
    await view.goto(urls.keyboard);
    await check('approved');
  });

  it('has roles and names for a screen reader', async () => {
    await view.goto(urls.secret);
    const tree = await view.locator('body').ariaSnapshot();
    const parts = [
      '- banner:',
      '- main:',
      'heading "Deletes \\"Jane Doe\\" at MediaSilo, and makes 4 other changes" [level=1]',
      'region "What changes"',
      'paragraph: This changes what they sign in to MediaSilo with.',
      'heading "status Risk: lifecycle" [level=3]',
      'term: Before',
      'form "Approve"',
      'textbox "New password again"',
      'textbox "Type \\"Jane Doe\\" to confirm"',
      'button "Approve this change"',
      'form "Decline"',
      'button "Decline"',
    ];
    for (const part of parts) expect(tree).toContain(part);
    const rows = ['status Risk: lifecycle', 'email Risk: identity', 'password Risk: secret'];
    const places = ['[level=1]', 'What changes', ...rows, 'Approve this change', 'button "Decline"', 'Details'];
    expect(places.map((part) => tree.indexOf(part))).toEqual(
      places.map((part) => tree.indexOf(part)).sort((a, b) => a - b),
    );
    await view.goto(urls.list);
    const list = await view.locator('body').ariaSnapshot();
    expect(list).toContain('checkbox "Select: Changes position of \\"Anna Lee\\" at awork"');
    expect(list).toContain('navigation "Sections"');
  });
});
