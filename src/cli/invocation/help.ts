import manifest from '../../../package.json' with { type: 'json' };
import { type Action, type Command, type Example, isGroup, type OptionDefinition } from '../definitions/command.ts';
import { COMMANDS_BY_TOPIC } from '../definitions/index.ts';
import { wrap } from '../table.ts';
import { optionUsage, usageLines, usageOf } from './usage.ts';

/** Help for people, from the definitions of the commands. */

/** Everything there is, for `help` without a command. */
export function overview(width: number): string {
  const commands = Object.values(COMMANDS_BY_TOPIC).flat();
  const nameWidth = Math.max(...commands.map(({ name }) => name.length));
  const rows = (of: readonly Command[]) => of.map(({ name, summary }) => ({ term: name, text: summary }));
  return [
    ...wrap('update-user-mcp: lets an AI agent change people’s records, with a person’s yes.', width),
    '',
    ...wrap('Usage: update-user-mcp [COMMAND] [options]', width),
    ...Object.entries(COMMANDS_BY_TOPIC).flatMap(([topic, of]) => [
      '',
      `${topic}:`,
      ...columns(rows(of), width, nameWidth),
    ]),
    '',
    ...wrap('Options of a command: update-user-mcp help COMMAND, or COMMAND --help.', width),
    ...wrap(`Settings: --config FILE or the environment. Documentation: ${manifest.homepage}`, width),
    'Version: update-user-mcp --version',
  ].join('\n');
}

/** The help of a command or subcommand; `path` is its name as it is typed. */
export function helpOf(path: string, command: Command, width: number): string {
  const summary = `${command.summary[0]?.toUpperCase()}${command.summary.slice(1)}.`;
  const intro = [summary, ...(command.description ?? [])].flatMap((paragraph) => ['', ...wrap(paragraph, width)]);
  const parts = isGroup(command)
    ? [
        ...section(
          'Subcommands',
          command.subcommands.map(({ name, summary: text }) => ({ term: name, text })),
          width,
        ),
        '',
        ...wrap(`More: update-user-mcp help ${path} SUBCOMMAND`, width),
      ]
    : [
        ...section(
          'Arguments',
          command.args.map(({ name, text }) => ({ term: name, text })),
          width,
        ),
        ...section('Options', optionRows(command), width),
      ];
  return [
    ...usageLines(usages(path, command), width),
    ...intro,
    ...parts,
    ...examples(command.examples ?? [], width),
  ].join('\n');
}

function usages(path: string, command: Command): string[] {
  if (!isGroup(command)) return [usageOf(path, command)];
  return command.subcommands.map((one) => usageOf(`${path} ${one.name}`, one));
}

function optionRows({ options }: Action): HelpRow[] {
  return [
    ...Object.entries(options).map(([name, option]) => ({ term: optionUsage(name, option), text: optionText(option) })),
    { term: '-h, --help', text: 'print this help' },
  ];
}

/** What an option is, which values it takes, and its default. */
export function optionText(option: OptionDefinition): string {
  if (option.kind === 'flag') return option.text;
  return [
    option.text,
    ...(option.values ? [`one of ${option.values.join(', ')}`] : []),
    ...(option.kind === 'list' ? ['may be given several times'] : []),
    ...(option.kind === 'text' && option.default !== undefined ? [`default: ${option.default}`] : []),
  ].join('; ');
}

interface HelpRow {
  term: string;
  text: string;
}

function section(title: string, rows: readonly HelpRow[], width: number): string[] {
  return rows.length === 0 ? [] : ['', `${title}:`, ...columns(rows, width)];
}

function examples(given: readonly Example[], width: number): string[] {
  if (given.length === 0) return [];
  return [
    '',
    'Examples:',
    ...given.flatMap(({ args, text }) => [
      ...wrap(`# ${text}`, width - 2).map((line) => `  ${line}`),
      ...wrap(`update-user-mcp ${args}`, width - 4).map((line, at) => `  ${at === 0 ? '' : '  '}${line}`),
    ]),
  ];
}

/** Texts beside their terms; below them where the line is too short. */
function columns(
  rows: readonly HelpRow[],
  width: number,
  termWidth = Math.max(...rows.map(({ term }) => term.length)),
): string[] {
  const indent = termWidth + 4;
  const isBeside = width - indent >= 24;
  return rows.flatMap(({ term, text }) => {
    const lines = wrap(text, isBeside ? width - indent : width - 6);
    if (!isBeside) return [`  ${term}`, ...lines.map((line) => `      ${line}`)];
    return lines.map((line, at) => `  ${(at === 0 ? term : '').padEnd(termWidth)}  ${line}`);
  });
}
