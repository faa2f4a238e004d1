import { execFileSync } from 'node:child_process';
import { VARIABLES } from '../../src/config/values.ts';
import { providers } from '../../src/providers/index.ts';
import { PROGRAM } from '../support/program/stdio-server.ts';

/** What the built program knows: commands, options, variables, its port. */

const helps = new Map<string, string>();

export function helpOf(...args: string[]): string {
  const key = args.join(' ');
  const help = helps.get(key) ?? execFileSync(process.execPath, [PROGRAM, ...args, '--help'], { encoding: 'utf8' });
  helps.set(key, help);
  return help;
}

/** The words behind the program's name that it does not know: its command, and the options of that command. */
export function unknownWords([command = '', ...rest]: readonly string[]): string[] {
  if (!new RegExp(`^ {2}${command} `, 'm').test(helpOf())) return [command];
  return rest.filter(
    (word) => word.startsWith('-') && !new RegExp(`(?<![\\w-])${word}(?![\\w-])`).test(helpOf(command)),
  );
}

/** The words behind the program's path in a command. */
export function wordsOf(command: readonly string[]): string[] {
  const at = command.findIndex((word) => word.endsWith('dist/main.js'));
  if (at < 0) throw new Error(`${command.join(' ')} does not start the program`);
  return command.slice(at + 1);
}

/** The port of `http` unless one is given. */
export function defaultPort(): string {
  return /\[--port (\d+)\]/.exec(helpOf('http'))?.[1] ?? '';
}

/** The variables that the program reads. */
export function knownVariables(): string[] {
  return [...Object.keys(VARIABLES), ...providers.flatMap(({ env }) => Object.values(env))];
}
