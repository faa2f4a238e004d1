import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { digestsOf, PICTURES, startPictureSite } from '../../scripts/pictures/pages.ts';
import { ROOT } from '../support/sources/read.ts';

const FOLDER = join(ROOT, 'docs', 'pictures');

it('the pictures show the pages as they are now; `npm run pictures` takes them again', async () => {
  const site = await startPictureSite();
  onTestFinished(() => site.stop());
  expect(JSON.parse(readFileSync(join(FOLDER, 'shown.json'), 'utf8'))).toEqual(await digestsOf(site));
});

it.each(Object.keys(PICTURES))('docs/approvals.md shows %s.png, which is small', (name) => {
  expect(readFileSync(join(ROOT, 'docs', 'approvals.md'), 'utf8')).toContain(`](pictures/${name}.png)`);
  expect(readFileSync(join(FOLDER, `${name}.png`)).length).toBeLessThanOrEqual(150_000);
});
