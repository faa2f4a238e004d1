import type { NormalFilter } from '../log/filter.ts';
import { type Dialect, type Procedure, query } from './dialect.ts';

/**
 * The entries a list has to read: from `lowest` on, and below `below`. Times nearly follow seq (clocks differ, and jump):
 * the span leaves a day for that, and the time itself decides on each entry.
 */
export function* findSpan(dialect: Dialect, filter: NormalFilter): Procedure<{ lowest: number; below: number }> {
  const { since, until, from, before } = filter;
  const lowest =
    since === undefined ? 0 : yield* isNarrow(filter) ? firstAround(dialect, since) : findLowest(dialect, since);
  const below = until === undefined ? before : yield* firstSince(dialect, later(until, clockDriftMs));
  return { lowest: Math.max(lowest, from), below: Math.min(below, before) };
}

/** Whether an index leads to few entries, among which the exact start of the span would save less than it costs. */
function isNarrow({ isPersonal, batchId, columns }: NormalFilter): boolean {
  return isPersonal || batchId !== undefined || columns.some(({ name }) => name === 'userId' || name === 'changeId');
}

/** Earlier by as much as clocks may differ. */
function firstAround(dialect: Dialect, since: string): Procedure<number> {
  return firstSince(dialect, later(since, -clockDriftMs));
}

/** The seq below which no result is at or after the time: exact if few are. */
function* findLowest(dialect: Dialect, since: string): Procedure<number> {
  const [row] = yield* query(
    `SELECT count(*) AS count, min(seq) AS seq FROM (
       SELECT seq FROM ${dialect.tables.entries} WHERE kind <> 'opened' AND at >= $1 ORDER BY at LIMIT ${fewEntries}) recent`,
    [since],
  );
  const count = Number(row?.['count']);
  if (count === fewEntries) return yield* firstAround(dialect, since);
  return count === 0 ? Number.MAX_SAFE_INTEGER : Number(row?.['seq']);
}

/** The first entry at or after a time, by halving: one look-up for each doubling of the log. */
function* firstSince({ tables: { entries } }: Dialect, time: string): Procedure<number> {
  const middle = '(low + high) / 2';
  const [row] = yield* query(
    `WITH RECURSIVE search (low, high) AS (
       SELECT CAST(0 AS bigint), CAST((SELECT coalesce(max(seq), 0) + 1 FROM ${entries}) AS bigint)
       UNION ALL
       SELECT CASE WHEN m.at >= $1 THEN low ELSE ${middle} END, CASE WHEN m.at >= $1 THEN ${middle} ELSE high END
       FROM search LEFT JOIN ${entries} m ON m.seq = ${middle} WHERE high - low > 1)
     SELECT min(high) AS seq FROM search`,
    [time],
  );
  return Number(row?.['seq']);
}

/** Clamped to the years that a text in this form can compare. */
function later(time: string, ms: number): string {
  const moved = Math.min(Math.max(Date.parse(time) + ms, 0), Date.UTC(9999, 0));
  return new Date(moved).toISOString();
}

const fewEntries = 500;
const clockDriftMs = 24 * 60 * 60_000;
