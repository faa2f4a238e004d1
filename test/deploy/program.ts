import { COMMANDS } from '../../src/cli/definitions/index.ts';
import { parse } from '../../src/cli/invocation/parse.ts';
import { VARIABLES } from '../../src/config/values.ts';
import { providers } from '../../src/providers/index.ts';

/** What the program knows: its commands with their options, its variables, its port. */

/** A command line as the program reads it. */
export interface ReadCommand {
  name: string;
  values: Record<string, unknown>;
}

/** Reads the words behind the program's path. Throws for a command or an option that the program does not know. */
export function readCommand(words: readonly string[]): ReadCommand {
  const at = words.findIndex((word) => word.endsWith('dist/main.js'));
  const [name = '', ...rest] = words.slice(at + 1);
  const command = COMMANDS.find((one) => one.name === name);
  const invocation = command && parse(command, rest);
  if (invocation?.kind !== 'run') throw new Error(`"${words.join(' ')}" runs no command`);
  return { name, values: invocation.call.values };
}

/** The port of `http` unless one is given. */
export const DEFAULT_PORT = String(readCommand(['http']).values['port']);

/** The variables that the program reads. */
export const VARIABLES_KNOWN: readonly string[] = [
  ...Object.keys(VARIABLES),
  ...providers.flatMap(({ env }) => Object.values(env)),
];
