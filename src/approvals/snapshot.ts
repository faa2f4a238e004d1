import { isObject, type JsonObject } from '../lib/json/json-value.ts';
import type { EntryBody } from '../store/log/entry.ts';
import type { ChangeView } from '../update/redact/types.ts';

/**
 * What an approver is shown of a pending change, sealed at rest. Personal values are in clear, since a person cannot
 * judge what is hidden; secrets are not in it in any form.
 */
export interface ApprovalSnapshot {
  tool: string;
  provider: string;
  providerTitle: string;
  connection: string;
  userId: string;
  label: string;
  emails: string[];
  changes: ChangeView<'person'>[];
  stripped: string[];
  /** Consequences of the change, and what the vendor may do besides. */
  warnings: string[];
  /** Fields of an undo that somebody changed since: they need a tick of their own. */
  contested: string[];
  /** Secrets the approver types in. */
  askFor: string[];
  /** What has to be typed to confirm, for changes that deserve a second look. */
  typed?: string;
  caller: string;
  /** What else is verified of the caller: an approver of one of these names may not approve. */
  identities?: string[];
  /** What the client calls itself; not verified. */
  client?: string;
  reason?: string;
  undoes?: string;
  /** Why this is put up once more. */
  again?: string;
  verdict: string;
  rule: string;
  /** The declared, non-secret fields of the record, for checking a typed secret against the vendor's rules. */
  record: JsonObject;
  /** What the change log says of the request, masked for it: here nobody else would know how. */
  entry: EntryBody;
}

/** A view as it was unsealed. Those sealed by version 0.1.0 have one entry for each field, under another name. */
export function readSnapshot(unsealed: unknown): ApprovalSnapshot {
  const view = isObject(unsealed) && !('changes' in unsealed) ? { ...unsealed, changes: unsealed['fields'] } : unsealed;
  return view as ApprovalSnapshot; // sealed by us
}
