import manifest from '../../../package.json' with { type: 'json' };
import { type Command, isGroup } from '../definitions/command.ts';
import { COMMANDS } from '../definitions/index.ts';
import { terminalWidth } from '../table.ts';
import { helpOf, overview } from './help.ts';
import { shapeMistake, unknownCommand, unknownSubcommand } from './mistakes.ts';
import { parse } from './parse.ts';

/** Runs what the arguments of the program say; returns the exit code. Throws a UsageError for a mistake in them. */
export async function run(words: readonly string[]): Promise<number> {
  const [first = ''] = words;
  if (first === '--version' || first === '-V') return print(manifest.version);
  if (first === '--help' || first === '-h' || first === 'help')
    return print(helpFor(words.slice(1).filter(isNoOption)));
  // Without a command it is stdio, with the options that follow.
  const isNamed = isNoOption(first);
  const command = find(isNamed ? first : 'stdio');
  const invocation = parse(command, isNamed ? words.slice(1) : words);
  if (invocation.kind === 'help') return print(helpOf(invocation.path, invocation.of, helpWidth()));
  return await (await invocation.action.load())(invocation.call);
}

function helpFor([name, verb]: readonly string[]): string {
  if (name === undefined) return overview(helpWidth());
  const command = find(name);
  if (verb === undefined) return helpOf(command.name, command, helpWidth());
  if (!isGroup(command)) throw shapeMistake(name, command, 'there are no subcommands');
  const subcommand = command.subcommands.find((one) => one.name === verb);
  if (!subcommand) throw unknownSubcommand(command, verb);
  return helpOf(`${command.name} ${subcommand.name}`, subcommand, helpWidth());
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

function isNoOption(word: string): boolean {
  return !word.startsWith('-');
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}
