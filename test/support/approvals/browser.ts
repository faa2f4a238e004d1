import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Whether there is a browser. CI has to have one; elsewhere a warning says what is not tested. */
export const hasBrowser = existsSync(executablePath);
if (!hasBrowser) {
  const problem = `no browser at ${executablePath} (set CHROMIUM): the approval page is NOT tested in a browser`;
  if (process.env['CI']) throw new Error(problem);
  console.warn(`\n  ** ${problem} **\n`);
}

export interface TestBrowser {
  /** A page in a new profile. Scripts are off, because the approval page has to work without them. */
  openPage(options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

export async function openBrowser(): Promise<TestBrowser> {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];
  const browser: Browser = await chromium.launch({ executablePath, args });
  return {
    async openPage(options = {}) {
      const context = await browser.newContext({ javaScriptEnabled: false, ...options });
      context.setDefaultTimeout(30_000);
      return await context.newPage();
    },
    close: () => browser.close(),
  };
}

/** Signs in on the open page. */
export async function signIn(page: Page, name: string, passphrase: string): Promise<void> {
  await page.getByLabel('Approver name').fill(name);
  await page.getByLabel('Passphrase').fill(passphrase);
  await follow(page.getByRole('button', { name: 'Sign in' }));
}

/** Clicks on what leads to another page, and waits until it has loaded. */
export async function follow(link: Locator): Promise<void> {
  await Promise.all([link.page().waitForEvent('load'), link.click()]);
}
