import { UsageError } from '../../errors.ts';
import { providers } from '../../providers/index.ts';
import { OUTCOMES } from '../../update/types.ts';

export const FILTERS = ['provider', 'user', 'field', 'caller', 'outcome', 'since', 'until', 'limit'] as const;

const VERBS = ['list', 'verify', 'export'];

/** The options of `changes`. */
export type ChangesOptions = { [Name in (typeof FILTERS)[number] | 'head' | 'config']?: string } & { json?: boolean };

/** Refuses options that the subcommand does not take, and filters that can match nothing. Throws a UsageError. */
export function checkOptions(verb: string, values: ChangesOptions): void {
  if (!VERBS.includes(verb)) throw new UsageError(`changes ${verb}: expected list, verify or export`);
  for (const name of [...FILTERS, 'head'] as const) {
    if (values[name] === undefined) continue;
    if (values[name]?.trim() === '') throw new UsageError(`--${name}: is empty`);
    if ((name === 'head') === (verb === 'verify')) continue;
    const reason = verb === 'verify' ? 'it checks the whole chain' : 'only verify does';
    throw new UsageError(`changes ${verb} does not take --${name}: ${reason}`);
  }
  checkKnown(
    '--provider',
    values.provider,
    providers.map(({ id }) => id),
  );
  checkKnown('--outcome', values.outcome, OUTCOMES);
}

/** Without this check a mistyped name would give an empty list, which looks like an answer. */
function checkKnown(option: string, value: string | undefined, known: readonly string[]): void {
  if (value !== undefined && !known.includes(value))
    throw new UsageError(`${option} ${value}: expected one of ${known.join(', ')}`);
}

export function parseLimit(text: string | undefined): number | undefined {
  if (text !== undefined && !/^[1-9]\d{0,8}$/.test(text))
    throw new UsageError('--limit: expected a whole number from 1');
  return text === undefined ? undefined : Number(text);
}
