import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { clientTables } from '../support/text/client-tables.ts';
import { ROOT } from '../support/text/markdown.ts';

it('docs/clients.md has the tables of the registry; update it with vitest --update', async () => {
  const path = join(ROOT, 'docs', 'clients.md');
  const generated = /(<!-- clients: .*? -->\n).*?(<!-- \/clients -->)/s;
  const page = readFileSync(path, 'utf8');
  expect(page).toMatch(generated);
  const updated = page.replace(generated, (_, begin, end) => `${begin}\n${clientTables()}\n\n${end}`);
  await expect(updated).toMatchFileSnapshot(path);
});
