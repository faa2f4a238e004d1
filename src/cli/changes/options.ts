import { UsageError } from '../../errors.ts';
import { providers } from '../../providers/index.ts';
import { OUTCOMES } from '../../update/types.ts';

export const FILTERS = ['provider', 'user', 'field', 'caller', 'outcome', 'since', 'until', 'limit'] as const;

export type Values = { [Name in (typeof FILTERS)[number] | 'head' | 'config']?: string } & { json?: boolean };

/** An option that a verb does not take is a mistake: ignored, it would pass for honoured. */
export function checkOptions(verb: string, values: Values): void {
  if (!['list', 'verify', 'export'].includes(verb))
    throw new UsageError(`changes ${verb}: expected list, verify or export`);
  for (const name of [...FILTERS, 'head'] as const) {
    if (values[name] === undefined) continue;
    if (values[name]?.trim() === '') throw new UsageError(`--${name}: is empty`);
    if ((name === 'head') === (verb === 'verify')) continue;
    const reason = verb === 'verify' ? 'it walks the whole chain' : 'only verify has one';
    throw new UsageError(`changes ${verb} takes no --${name}: ${reason}`);
  }
  knownOnly(
    '--provider',
    values.provider,
    providers.map(({ id }) => id),
  );
  knownOnly('--outcome', values.outcome, OUTCOMES);
}

/** A filter nothing can match is a slip; an empty list would pass for the answer. */
function knownOnly(option: string, value: string | undefined, known: readonly string[]): void {
  if (value !== undefined && !known.includes(value))
    throw new UsageError(`${option} ${value}: expected one of ${known.join(', ')}`);
}

export function readLimit(text: string | undefined): number | undefined {
  if (text !== undefined && !/^[1-9]\d{0,8}$/.test(text))
    throw new UsageError('--limit: expected a whole number from 1');
  return text === undefined ? undefined : Number(text);
}
