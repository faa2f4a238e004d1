import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from '../errors.ts';

type OptionTypes = NonNullable<ParseArgsConfig['options']>;

const COMMON = {
  config: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Parses the arguments of a command. Prints its help and returns undefined for `--help`. Throws a UsageError. */
export function parseOptions<T extends OptionTypes>(args: string[], help: string, options: T, positionals = 0) {
  const parsed = parseArgs({ args, options: { ...COMMON, ...options }, allowPositionals: true });
  const values = parsed.values as typeof parsed.values & { help?: boolean };
  if (values.help) {
    process.stdout.write(`${help}\n`);
    return undefined;
  }
  if (parsed.positionals.length !== positionals) throw new UsageError(help.split('\n')[0] ?? 'see --help');
  return parsed;
}

/** Throws a UsageError for an option that is given twice, since the first one would be ignored. */
export function refuseRepeated(args: string[], names: readonly string[]): void {
  const { tokens } = parseArgs({ args, strict: false, tokens: true });
  const given = tokens.flatMap((token) => (token.kind === 'option' && names.includes(token.name) ? [token.name] : []));
  const twice = given.find((name, at) => given.indexOf(name) !== at);
  if (twice !== undefined) throw new UsageError(`--${twice}: is given twice`);
}

/** Throws a UsageError for a text longer than the stored maximum, instead of silently cutting it. */
export function checkLength(option: string, text: string | undefined, max: number): void {
  if (text !== undefined && text.length > max) throw new UsageError(`${option}: at most ${max} characters`);
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
