import type { EntryBody } from '../../store/log/entry.ts';
import { OUTCOMES, type OutcomeName } from '../types.ts';
import type { BatchOutcome, BatchResult, MemberResult } from './types.ts';

/** The outcome of a batch where its changes did not all end alike: the first of these that any of them had. */
const WEIGHTIEST: readonly OutcomeName[] = [
  'unverified',
  'conflict',
  'failed',
  'denied',
  'refused',
  'needs_approval',
  'preview',
];

export function countsOf(results: readonly Pick<MemberResult, 'outcome'>[]): BatchResult['counts'] {
  const counts = OUTCOMES.map((name) => [name, results.filter(({ outcome }) => outcome === name).length] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

/** The counts of an entry. An altered one may hold anything. */
export function recordedCounts({ counts = {} }: Pick<EntryBody, 'counts'>): BatchResult['counts'] {
  const known = OUTCOMES.map((name) => [name, toCount(counts[name])] as const);
  return Object.fromEntries(known.filter(([, count]) => count > 0));
}

/** A number of things; 0 if it is none. */
export function toCount(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0;
}

/** One word for the whole batch. */
export function outcomeOf(counts: BatchResult['counts']): BatchOutcome {
  const names = OUTCOMES.filter((name) => counts[name]);
  const [only] = names;
  if (only !== undefined && names.length === 1) return only;
  const isDone = names.every((name) => name === 'updated' || name === 'unchanged');
  if (counts.updated) return isDone ? 'updated' : 'partly_updated';
  return WEIGHTIEST.find((name) => counts[name]) ?? 'unchanged';
}
