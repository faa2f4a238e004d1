import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../support/text/markdown.ts';
import { providerTables } from '../support/text/provider-tables.ts';

it('docs/providers.md has the tables of the registry; update it with vitest --update', async () => {
  const path = join(ROOT, 'docs', 'providers.md');
  const generated = /(<!-- providers: .*? -->\n).*?(<!-- \/providers -->)/s;
  const page = readFileSync(path, 'utf8');
  expect(page).toMatch(generated);
  const updated = page.replace(generated, (_, begin, end) => `${begin}\n${providerTables()}\n\n${end}`);
  await expect(updated).toMatchFileSnapshot(path);
});
