import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { providers } from '../../src/providers/index.ts';
import { ROOT } from '../support/text/markdown.ts';
import { providerTables } from '../support/text/provider-tables.ts';
import { testedProviders } from '../support/vendors/registry.ts';

const presets = testedProviders.filter(({ config }) => config.providers).map(({ provider }) => provider);

it.each([
  ['providers.md', providers],
  ['presets.md', presets],
] as const)('docs/%s has the tables of its providers; update it with vitest --update', async (name, shown) => {
  const path = join(ROOT, 'docs', name);
  const generated = /(<!-- providers: .*? -->\n).*?(<!-- \/providers -->)/s;
  const page = readFileSync(path, 'utf8');
  expect(page).toMatch(generated);
  const updated = page.replace(generated, (_, begin, end) => `${begin}\n${providerTables(shown)}\n\n${end}`);
  await expect(updated).toMatchFileSnapshot(path);
});
