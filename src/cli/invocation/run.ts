import manifest from '../../../package.json' with { type: 'json' };
import { type Command, isGroup } from '../definitions/command.ts';
import { COMMANDS } from '../definitions/index.ts';
import { terminalWidth } from '../table.ts';
import { helpOf, overview } from './help.ts';
import { shapeMistake, unknownCommand, unknownSubcommand } from './mistakes.ts';
import { asksForVersion, commandIndex, parse } from './parse.ts';

/** Runs what the arguments of the program say; returns the exit code. Throws a UsageError for a mistake in them. */
export async function run(words: readonly string[]): Promise<number> {
  const [first = ''] = words;
  if (asksForVersion(first)) return print(manifest.version);
  if (first === '--help' || first === '-h' || first === 'help') return help(words.slice(1));
  const at = commandIndex(words, COMMANDS);
  // Without a command it is stdio, with the options that are given.
  const command = find(at === undefined ? 'stdio' : (words[at] ?? ''));
  const invocation = parse(command, at === undefined ? words : words.toSpliced(at, 1));
  if (invocation.kind === 'version') return print(manifest.version);
  if (invocation.kind === 'help') return print(helpOf(invocation.path, invocation.of, helpWidth()));
  return await (await invocation.action.load())(invocation.call);
}

function help(words: readonly string[]): number {
  if (words.some(asksForVersion)) return print(manifest.version);
  return print(helpFor(words.filter((word) => !word.startsWith('-'))));
}

function helpFor([name, verb, ...more]: readonly string[]): string {
  if (name === undefined || name === 'help') return overview(helpWidth());
  const command = find(name);
  if (verb === undefined) return helpOf(command.name, command, helpWidth());
  if (!isGroup(command)) throw shapeMistake(name, command, 'there are no subcommands');
  const subcommand = command.subcommands.find((one) => one.name === verb);
  if (!subcommand) throw unknownSubcommand(command, verb);
  const path = `${command.name} ${subcommand.name}`;
  if (more.length > 0) throw shapeMistake(path, subcommand, 'there are no subcommands');
  return helpOf(path, subcommand, helpWidth());
}

function find(name: string): Command {
  const found = COMMANDS.find((one) => one.name === name);
  if (!found)
    throw unknownCommand(
      name,
      COMMANDS.map((one) => one.name),
    );
  return found;
}

/** Longer lines are hard to read, in a pipe as well. */
function helpWidth(): number {
  return Math.min(80, terminalWidth());
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}
