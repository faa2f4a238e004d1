import { UsageError } from '../../errors.ts';
import { echo } from '../../lib/text/printable.ts';
import { suggest } from '../../lib/text/suggest.ts';
import { type Command, type CommandGroup, isGroup } from '../definitions/command.ts';
import { usageLines, usageOf } from './usage.ts';

/** What was typed wrong, in words: what is wrong, what was meant, how it is used, and where help is. */

/** A mistake in the shape of a call: an option or an argument that is unknown, missing or too many. */
export function shapeMistake(path: string, command: Command, fault: string, near?: string): UsageError {
  const usage = isGroup(command) ? `update-user-mcp ${path} ${namesOf(command).join('|')}` : usageOf(path, command);
  const told = `${path}${/^does not/.test(fault) ? '' : ':'} ${fault}.${didYouMean(near)}`;
  return withHelp(path, told, ...usageLines([usage], 80));
}

/** A value that an option cannot have. */
export function valueMistake(path: string, fault: string, near?: string): UsageError {
  return near === undefined ? new UsageError(fault) : withHelp(path, `${fault}.${didYouMean(near)}`);
}

/** A word that is no command. */
export function unknownCommand(word: string, commands: readonly string[]): UsageError {
  const near = suggest(word, [...commands, 'help', '--version']);
  return new UsageError(`${echoWord(word, near)}: no such command.${didYouMean(near)}\nCommands: update-user-mcp help`);
}

/** A word that is no subcommand, or none where one is needed. */
export function unknownSubcommand(group: CommandGroup, word?: string): UsageError {
  const names = namesOf(group);
  const expected = `expected ${new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(names)}`;
  if (word === undefined) return shapeMistake(group.name, group, expected);
  const near = suggest(word, names);
  return shapeMistake(group.name, group, `${echoWord(word, near)}: no such subcommand, ${expected}`, near);
}

/** A word where another was expected. What is like no known one may be a secret in the wrong place. */
export function echoWord(word: string, near: string | undefined): string {
  return near !== undefined || isPlainWord(word) ? echo(word) : '(not a word)';
}

/** The name of an option that there is not, without its value: `-pVALUE` has it in the same word. */
export function echoOption(typed: string, near: string | undefined): string {
  return near !== undefined || isPlainWord(typed.replace(/^--?/, '')) ? echo(typed) : '(not a word)';
}

/** Tokens and passwords have digits, capitals or signs. */
function isPlainWord(word: string): boolean {
  return /^[a-z][a-z_-]{0,23}$/.test(word);
}

function withHelp(path: string, ...lines: string[]): UsageError {
  return new UsageError([...lines, `Help: update-user-mcp help ${path}`].join('\n'));
}

function didYouMean(near: string | undefined): string {
  return near === undefined ? '' : ` Did you mean ${near}?`;
}

function namesOf({ subcommands }: CommandGroup): string[] {
  return subcommands.map(({ name }) => name);
}
