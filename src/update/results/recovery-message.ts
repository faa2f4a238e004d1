import type { ErrorCode } from '../../errors.ts';

/** The state of the user record after an interrupted change. */
export type RecoveryFinding =
  | { kind: 'new_values' | 'old_values' | 'other_values' | 'only_secrets' | 'image_sealed_elsewhere' }
  | { kind: 'unreadable'; code: ErrorCode };

/** How the audit log closes an in-doubt entry. */
export function recoveryMessage(found: RecoveryFinding): {
  outcome: 'updated' | 'failed' | 'unverified';
  message: string;
} {
  switch (found.kind) {
    case 'new_values':
      return { outcome: 'updated', message: 'interrupted; the record shows the new values' };
    case 'old_values':
      return { outcome: 'failed', message: 'interrupted; the record shows the old values' };
    case 'other_values':
      return { outcome: 'unverified', message: 'interrupted; the record shows neither the old nor the new values' };
    case 'only_secrets':
      return { outcome: 'unverified', message: 'interrupted; a secret cannot be read back' };
    case 'image_sealed_elsewhere':
      return {
        outcome: 'unverified',
        message: 'interrupted; its before-image cannot be opened with the current key',
      };
    case 'unreadable':
      return { outcome: 'unverified', message: `interrupted; the record cannot be read (${found.code})` };
  }
}
