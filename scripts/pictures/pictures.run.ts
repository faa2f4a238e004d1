import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openBrowser, signIn } from '../../test/support/approvals/browser.ts';
import { PASSPHRASE } from '../../test/support/approvals/program.ts';
import { digestsOf, PICTURES, type PictureName, startPictureSite } from './pages.ts';

/** Takes the pictures in `docs/pictures`, and notes beside them what they show. */

const FOLDER = join(import.meta.dirname, '..', '..', 'docs', 'pictures');
const MOST_BYTES = 150_000;

it('takes the pictures', async () => {
  const site = await startPictureSite();
  const browser = await openBrowser();
  try {
    const page = await browser.openPage({ colorScheme: 'light' });
    await page.goto(site.page.url);
    await signIn(page, 'ann', PASSPHRASE);
    for (const [name, { width, height }] of Object.entries(PICTURES)) {
      await page.setViewportSize({ width, height });
      await page.goto(site.addressOf(name as PictureName));
      const path = join(FOLDER, `${name}.png`);
      await page.screenshot({ path });
      expect(statSync(path).size, name).toBeLessThanOrEqual(MOST_BYTES);
    }
    writeFileSync(join(FOLDER, 'shown.json'), `${JSON.stringify(await digestsOf(site), null, 2)}\n`);
  } finally {
    await browser.close();
    await site.stop();
  }
});
