import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

// axe-core is CommonJS, and its source is injected into the page.
const { source: axe } = createRequire(import.meta.url)('axe-core') as { source: string };
/** A folder for pictures of everything that was checked, for a person to look at. */
const pictures = process.env['APPROVAL_PICTURES'];

/** The page does not scroll sideways, and axe-core finds nothing. It needs scripts, and CSP bypassed. */
export async function expectAccessible(view: Page, name: string): Promise<void> {
  if (pictures) await view.screenshot({ path: `${pictures}/${name.replaceAll(/\W+/g, '-')}.png`, fullPage: true });
  const width = await view.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  expect(width, `${name} scrolls sideways`).toBeLessThanOrEqual(0);
  await view.evaluate(axe);
  const { violations } = (await view.evaluate('axe.run()')) as AxeResults;
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
  expect(found, name).toEqual([]);
}
