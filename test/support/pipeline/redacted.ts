import type { Redacted } from '../../../src/lib/json/redacted.ts';
import type { RecordedField } from '../../../src/store/log/entry.ts';
import type { ChangeView } from '../../../src/update/redact/types.ts';

/** Tests write redacted values down themselves; the casts stand in for `update/redact`. */

/** A change for a person's eyes, with plain values. */
export type PlainChange = Omit<ChangeView<'person'>, 'before' | 'after' | 'list'> & {
  before: unknown;
  after: unknown;
  list?: { removed: readonly unknown[]; added: readonly unknown[]; reordered: boolean };
};

export function changeView(change: PlainChange): ChangeView<'person'> {
  return change as ChangeView<'person'>;
}

/** A field of an audit entry. */
export function recordedField(field: string, before: unknown, after: unknown): RecordedField {
  return { field, effect: 'ordinary', before: auditValue(before), after: auditValue(after) };
}

export function auditValue(value: unknown): Redacted<'audit'> {
  return value as Redacted<'audit'>;
}
