import type { Provider } from '../../providers/provider.ts';

/**
 * Waits before reading again, in ms. Some vendors respond before their write is visible to reads, and a write whose
 * reply was lost may still be on its way through the vendor's stack.
 */
const AFTER = { accepted: [150, 600], unknown: [250, 750, 2000] } as const;

/**
 * How long to wait before each further read of a record that does not show a write yet. A vendor whose reads lag says how
 * long; a write whose reply was lost waits at least as long as for other vendors.
 */
export function rereadWaits({ read }: Pick<Provider, 'read'>, written: keyof typeof AFTER): readonly number[] {
  if (!read.lagMs) return AFTER[written];
  if (written === 'accepted') return read.lagMs;
  const beyond = sum(read.lagMs) - sum(AFTER.unknown);
  return beyond > 0 ? [...AFTER.unknown, beyond] : AFTER.unknown;
}

/** After this long a read shows what was written before it. */
export function lagOf({ read }: Pick<Provider, 'read'>): number {
  return sum(read.lagMs ?? []);
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
