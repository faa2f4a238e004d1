import type { Verification } from '../plan/verify.ts';
import type { WriteResult } from '../ports.ts';
import type { Written } from '../results/outcome.ts';

/**
 * How a write ended, by what the vendor said and what the user record shows. `seen` is undefined if the record could
 * not be read back. Pure.
 */
export function classify(written: WriteResult, seen: Verification | undefined, keptFields: readonly string[]): Written {
  if (written.kind === 'moved') return { kind: 'moved_before_write', keptFields };
  if (written.kind === 'rejected') return { kind: 'rejected', error: written.error, keptFields };
  const isLost = written.kind === 'unknown';
  const reply = isLost ? { kind: 'lost' as const, error: written.error } : { kind: 'accepted' as const };
  if (!seen) return { kind: 'not_read_back', reply, keptFields };
  const unverified = (doubt: Extract<Written, { kind: 'unverified' }>['doubt']): Written => ({
    kind: 'unverified',
    reply,
    doubt,
    seen,
    keptFields,
  });
  if (seen.other.length > 0) return { kind: 'other_value', reply, seen, keptFields };
  if (isLost && written.running && seen.old.length > 0) return unverified('may_still_run');
  if (isLost && seen.old.length > 0 && seen.seen.length === 0)
    return { kind: 'not_written', error: written.error, seen, keptFields };
  if (seen.old.length > 0) return unverified('old_value');
  if (seen.unreadable.length > 0) return unverified('not_shown');
  if (isLost && seen.seen.length === 0) return unverified('write_only');
  return { kind: 'updated', reply, seen, keptFields };
}
