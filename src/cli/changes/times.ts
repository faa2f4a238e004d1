import { UsageError } from '../../errors.ts';
import { parseTime } from '../../lib/text/time-text.ts';

/** Parses `--since` and `--until`, both inclusive, to ISO 8601 in UTC. Throws a UsageError. */
export function parseSpan(
  since: string | undefined,
  until: string | undefined,
  now = Date.now(),
): { since?: string; until?: string } {
  const from = since === undefined ? undefined : timeOf('--since', since, now).first;
  const to = until === undefined ? undefined : timeOf('--until', until, now).last;
  if (from !== undefined && to !== undefined && from > to) throw new UsageError('--since: is after --until');
  return {
    ...(from !== undefined && { since: new Date(from).toISOString() }),
    ...(to !== undefined && { until: new Date(to).toISOString() }),
  };
}

/** `2026-01-31 09:00`, in UTC. */
export function toMinute(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}

function timeOf(option: string, text: string, now: number): { first: number; last: number } {
  const time = parseTime(text, now);
  if ('fault' in time) throw new UsageError(`${option}: ${time.fault}`);
  return time;
}
