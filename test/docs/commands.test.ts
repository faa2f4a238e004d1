import { join } from 'node:path';
import { expect, it } from 'vitest';
import { actions, COMMANDS } from '../../src/cli/definitions/index.ts';
import { optionText } from '../../src/cli/invocation/help.ts';
import { optionUsage, usageOf } from '../../src/cli/invocation/usage.ts';
import { ROOT } from '../support/text/markdown.ts';

it('docs/commands.md is what the definitions of the commands say; update it with vitest --update', async () => {
  await expect(commandsPage()).toMatchFileSnapshot(join(ROOT, 'docs', 'commands.md'));
});

function commandsPage(): string {
  return [
    '# Commands',
    '',
    'Generated from the definitions of the commands: do not edit it by hand. `update-user-mcp help COMMAND` prints the same.',
    '',
    'Exit status: 0 done, 1 failed, 2 a mistake in arguments or configuration, 130 ended by Ctrl-C at a prompt. Tables fit the terminal;',
    'in a pipe nothing is cut, and there are no colours. `NO_COLOR` turns them off.',
    '',
    ...COMMANDS.flatMap((command) => {
      const runs = actions().filter(({ path }) => path.split(' ')[0] === command.name);
      return [
        `## ${command.name}`,
        '',
        sentence(command.summary),
        '',
        ...paragraphs(command),
        ...runs.flatMap(section),
      ];
    }),
  ].join('\n');
}

type Described = (typeof COMMANDS)[number];

function section({ path, action }: ReturnType<typeof actions>[number]): string[] {
  const isSub = path.includes(' ');
  const rows = [
    ...action.args.map(({ name, text }) => [code(name), text]),
    ...Object.entries(action.options).map(([name, option]) => [code(optionUsage(name, option)), optionText(option)]),
  ];
  return [
    ...(isSub ? [`### ${path}`, '', sentence(action.summary), '', ...paragraphs(action)] : []),
    '```sh',
    usageOf(path, action),
    ...(action.examples ?? []).flatMap(({ args, text }) => ['', `# ${text}`, `update-user-mcp ${args}`]),
    '```',
    '',
    ...(rows.length === 0 ? [] : [row(['argument or option', 'meaning']), row(['---', '---']), ...rows.map(row), '']),
  ];
}

function paragraphs({ description = [] }: Pick<Described, 'description'>): string[] {
  return description.flatMap((text) => [text, '']);
}

function sentence(summary: string): string {
  return `${summary[0]?.toUpperCase()}${summary.slice(1)}.`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function code(text: string): string {
  return `\`${text}\``;
}
