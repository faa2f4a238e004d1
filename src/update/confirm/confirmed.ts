import type { JsonObject } from '../../lib/json/json-value.ts';
import type { UpdateContext } from '../context.ts';
import type { ConfirmationToken } from '../types.ts';

/** The plan may be carried out now. */
export interface Confirmed {
  kind: 'confirmed';
  /** With the evidence of the consent and, after an approval, the reason the approver saw. */
  context: UpdateContext;
  /** What the consent consumes: nothing if policy allows the change. */
  consumes: { token?: ConfirmationToken; approvalId?: string };
  /** The secrets an approver typed. */
  secrets: JsonObject;
  /** Contested fields without a yes of their own; they keep their values. */
  keptFields: readonly string[];
}
