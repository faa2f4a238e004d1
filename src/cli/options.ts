import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from '../errors.ts';

type OptionTypes = NonNullable<ParseArgsConfig['options']>;

const COMMON = {
  config: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** The arguments of a command, or undefined once its help was printed. Unknown options are usage errors. */
export function readOptions<T extends OptionTypes>(args: string[], help: string, options: T, positionals = 0) {
  const all = { ...COMMON, ...options };
  const parsed = parseArgs({ args, options: all, allowPositionals: true, tokens: true });
  refuseRepeated(parsed.tokens, all);
  const values = parsed.values as typeof parsed.values & { help?: boolean };
  if (values.help) {
    process.stdout.write(`${help}\n`);
    return undefined;
  }
  if (parsed.positionals.length !== positionals) throw new UsageError(help.split('\n')[0] ?? 'see --help');
  return parsed;
}

/** Of an option given twice only the last would count. */
function refuseRepeated(tokens: readonly { kind: string; name?: string }[], options: OptionTypes): void {
  const seen = new Set<string>();
  for (const { kind, name } of tokens) {
    if (kind !== 'option' || name === undefined || options[name]?.multiple) continue;
    if (seen.has(name)) throw new UsageError(`--${name}: is given twice`);
    seen.add(name);
  }
}

/** Throws a UsageError where a text a person gave is longer than what is kept of it: it would be cut unseen. */
export function checkLength(option: string, text: string | undefined, max: number): void {
  if (text !== undefined && text.length > max) throw new UsageError(`${option}: at most ${max} characters`);
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
