import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from '../../support/approvals/accessible.ts';
import { askForBatch, change } from '../../support/approvals/batches.ts';
import { follow, hasBrowser, openBrowser, signIn, type TestBrowser } from '../../support/approvals/browser.ts';
import { type ServedPage, serveApprovalPage } from '../../support/approvals/page.ts';
import { PASSPHRASE } from '../../support/approvals/program.ts';

/** A batch on a phone and a wide screen, by keyboard and for a screen reader. */

const PHONE = { width: 390, height: 844 };
const WIDE = { width: 1280, height: 800 };

let served: ServedPage;
let browser: TestBrowser;
let view: Page;
let url: string;

beforeAll(async () => {
  const rules = [
    { field: '*.language', decision: 'strip' },
    { field: '*', decision: 'approve' },
  ];
  served = await serveApprovalPage({ config: { policy: { rules } } });
  const given = [
    change('awork', 'anna', { position: 'Lead', language: 'de' }),
    change('atlassian', 'jane', { title: `Head of ${'everything'.repeat(20)}`, nickName: 'שלום' }),
    change('atlassian', 'john', { active: false }),
  ];
  const { id } = await askForBatch(served.pipeline, given, { reason: 'reorganisation', allOrNothing: true });
  url = `${served.page.url}/${id}`;
  if (!hasBrowser) return;
  browser = await openBrowser();
  view = await browser.openPage({ javaScriptEnabled: true, bypassCSP: true, viewport: PHONE });
  await view.goto(url);
  await signIn(view, 'ann', PASSPHRASE);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await served.stop();
});

describe.runIf(hasBrowser)('a batch in a browser', { timeout: 120_000 }, () => {
  it('is readable on a phone and a wide screen, light and dark, with mistakes and in the list', async () => {
    for (const name of ['batch', 'batch with a mistake', 'batch in the list'] as const) {
      if (name === 'batch in the list') await view.goto(served.page.url);
      if (name === 'batch with a mistake') await follow(view.getByRole('button', { name: 'Approve all 3 changes' }));
      for (const [size, colorScheme] of [
        [PHONE, 'light'],
        [WIDE, 'dark'],
      ] as const) {
        await view.setViewportSize(size);
        await view.emulateMedia({ colorScheme });
        await expectAccessible(view, `${name}, ${size.width} px, ${colorScheme}`);
      }
    }
    await view.setViewportSize(PHONE);
    await view.goto(url);
    await view.addStyleTag({ content: ':root { font-size: 200%; }' });
    expect(
      await view.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
    ).toBeLessThanOrEqual(0);
  });

  it('has a table of everyone for a screen reader, those at risk first', async () => {
    await view.goto(url);
    for (const size of [PHONE, WIDE]) {
      await view.setViewportSize(size);
      const tree = await view.getByRole('main').ariaSnapshot();
      const parts = [
        'heading "Changes 3 user records at Atlassian and awork" [level=1]',
        'link "To the decision, after everyone"',
        'table "What changes, for 3 user records"',
        'columnheader "Who"',
        'rowheader "\\"John Smith\\" at Atlassian',
        'rowheader "\\"Anna Lee\\" at awork',
        'rowheader "\\"Jane Doe\\" at Atlassian',
        'textbox "Type \\"3\\" to confirm"',
        'button "Approve all 3 changes"',
        'button "Decline"',
      ];
      const places = parts.map((part) => tree.indexOf(part));
      expect(places).not.toContain(-1);
      expect(places).toEqual([...places].sort((a, b) => a - b));
    }
    await view.setViewportSize(PHONE);
  });

  it('is decided with the keyboard: a link leads to the decision, and the number is typed there', async () => {
    await view.goto(url);
    await view.getByRole('link', { name: 'To the decision' }).focus();
    await view.keyboard.press('Enter');
    await view.keyboard.press('Tab');
    expect(await view.evaluate('document.activeElement.name')).toBe('typed');
    await view.keyboard.type('3');
    await view.keyboard.press('Enter');
    await view.getByRole('status').waitFor();
    expect(await view.getByRole('status').innerText()).toContain('Approved by ann, not used yet');
  });
});
