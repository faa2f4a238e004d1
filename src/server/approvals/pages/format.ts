export { toList } from '../../../approvals/status-messages.ts';

/** `2 hours`, `3 minutes`: the largest unit, rounded; never "0". */
export function toDuration(ms: number): string {
  const units = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
    ['second', 1000],
  ] as const;
  const [name, size] = units.find(([, unit]) => Math.abs(ms) >= unit) ?? ['second', 1000];
  const count = Math.max(1, Math.round(Math.abs(ms) / size));
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}

/** `2026-03-04 15:16 UTC`. */
export function toClock(time: number | string): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
