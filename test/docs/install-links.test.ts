import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type InstallLinks, installLinks } from '../../scripts/pack/install-links.ts';
import { cursor } from '../../src/cli/clients/cursor.ts';
import { vscode } from '../../src/cli/clients/vscode.ts';
import { providers } from '../../src/providers/index.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { ROOT } from '../support/text/markdown.ts';

const PATH = join(ROOT, 'docs', 'clients.md');

it('docs/clients.md has the links of every provider; update it with vitest --update', async () => {
  const page = readFileSync(PATH, 'utf8');
  const generated = /(<!-- install links: .*? -->\n).*?(<!-- \/install links -->)/s;
  expect(page).toMatch(generated);
  const updated = page.replace(generated, (_, begin, end) => `${begin}\n${linksPage()}\n\n${end}`);
  await expect(updated).toMatchFileSnapshot(PATH);
});

it.each(providers)('the links of $id open what init writes, without a value', (provider) => {
  const links = installLinks(provider);
  expect(links.map(({ client }) => client)).toEqual([cursor.title, vscode.title]);
  const [forCursor, forVsCode] = links as [InstallLinks, InstallLinks];
  const variables = { required: provider.signIn[0].needs.map((key) => provider.env[key] ?? key), optional: [] };
  const server = { command: 'npx', args: ['-y', 'update-user-mcp'], variables };
  for (const link of [forCursor.page, forCursor.direct]) {
    const { searchParams } = new URL(link);
    expect(searchParams.get('name')).toBe('update-user');
    const entry: unknown = JSON.parse(Buffer.from(searchParams.get('config') ?? '', 'base64').toString());
    expect(entry).toEqual(cursor.localEntry(server));
    expect(texts(entry).filter((text) => !isHarmless(text, provider))).toEqual([]);
  }
  const page = new URL(forVsCode.page).searchParams;
  const direct = JSON.parse(decodeURIComponent(new URL(forVsCode.direct).search.slice(1))) as { name: string };
  expect(direct).toEqual({ name: 'update-user', ...vscode.localEntry(server) });
  expect({ name: page.get('name'), ...JSON.parse(page.get('config') ?? '') }).toEqual(direct);
  expect(texts(direct).filter((text) => !isHarmless(text, provider))).toEqual([]);
});

function linksPage(): string {
  const rows = providers.map((provider) => {
    const cells = installLinks(provider).map(({ client, page }) => `[${client}](${page})`);
    return `| ${[provider.title, ...cells].join(' | ')} |`;
  });
  const direct = providers.flatMap((provider) => installLinks(provider).map((links) => links.direct));
  return [
    ...['| provider | add to Cursor | add to VS Code |', '|---|---|---|', ...rows],
    '',
    'The same without a page between, for an address bar:',
    '',
    ...['```text', ...direct, '```'],
  ].join('\n');
}

/** The texts of an entry that are not fixed. */
function texts(entry: unknown): string[] {
  if (typeof entry === 'string') return [entry];
  return typeof entry === 'object' && entry !== null ? Object.values(entry).flatMap(texts) : [];
}

/** A word of the command, or a reference to a variable of the provider. */
function isHarmless(text: string, { env }: Provider): boolean {
  const references = Object.values(env).map((name) => `\${env:${name}}`);
  return ['update-user', 'stdio', 'npx', '-y', 'update-user-mcp', ...references].includes(text);
}
