import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Zippable, zipSync } from 'fflate';
import { PROGRAM_ARGS, product } from './product.ts';
import type { ServerFacts } from './running-server.ts';
import { settings, waysToConnect } from './settings.ts';

/** The bundle that Claude Desktop installs: https://github.com/modelcontextprotocol/mcpb/blob/main/MANIFEST.md */

/** The bundle carries no SQLite driver, and Node has one of its own from here on. */
const NODE = '>=22.13.0';

/** The icon, relative to the bundle. */
export const ICON = 'icon.png';

/** The oldest date that a ZIP file can hold, so that one commit always makes the same bytes. */
const EPOCH = new Date(1980, 0, 1);

export function mcpbManifest({ title, tools }: ServerFacts): object {
  return {
    manifest_version: '0.3',
    name: product.name,
    display_name: title,
    version: product.version,
    description: product.description,
    long_description: longDescription(),
    author: { name: product.author },
    repository: { type: 'git', url: product.repository },
    homepage: product.homepage,
    documentation: product.homepage,
    support: product.support,
    icon: ICON,
    license: product.license,
    keywords: product.keywords,
    server: {
      type: 'node',
      entry_point: product.entry,
      mcp_config: {
        command: 'node',
        args: [`\${__dirname}/${product.entry}`, ...PROGRAM_ARGS],
        env: Object.fromEntries(settings.map(({ variable, key }) => [variable, `\${user_config.${key}}`])),
      },
    },
    // Which tools there are depends on what is connected.
    tools,
    tools_generated: true,
    compatibility: { platforms: ['darwin', 'win32', 'linux'], runtimes: { node: NODE } },
    user_config: Object.fromEntries(
      settings.map(({ key, title: name, description, isSecret, isFile }) => [
        key,
        {
          type: isFile ? 'file' : 'string',
          title: name,
          description,
          ...(isSecret && { sensitive: true }),
          required: false,
          // Without a default the host passes on the placeholder: https://github.com/modelcontextprotocol/mcpb/issues/250
          default: '',
        },
      ]),
    ),
  };
}

/** Shown before the installation. It has to say how a change is confirmed where no question appears. */
function longDescription(): string {
  return [
    `${product.description} Every change is shown to a person first; what was sent is read back, recorded, and can be undone.`,
    '**Connect** at least one service. Fill in the settings of one line and leave the others empty:',
    waysToConnect.map((line) => `* ${line}`).join('\n'),
    '**Confirm changes on the approval page.** Claude Desktop does not reliably show the question of a server. Without an approver a change ends `confirmation_unavailable`: nothing is changed, and the answer names a command that registers one. Run it once in a terminal (it needs Node.js). From then on the answer to a change has the address of its approval page, where you see every value before and after, and decide.',
    `To let some changes through without a question, such as job titles, write rules into a configuration file and choose it under "Configuration file": ${product.homepage}`,
  ].join('\n\n');
}

/** Packs a folder into a bundle. The same files make the same bytes, so that a published hash can be checked. */
export function zipFolder(folder: string, files: readonly string[], target: string): void {
  const entries: Zippable = Object.fromEntries(
    files.toSorted().map((file) => [file, [readFileSync(join(folder, file)), { os: 3, attrs: 0o644 << 16 }]]),
  );
  writeFileSync(target, zipSync(entries, { level: 9, mtime: EPOCH }));
}
