import type { Json, JsonObject } from '../../lib/json/json-value.ts';
import type { Effect, Field, Sensitivity } from '../../providers/provider.ts';

/**
 * One thing that moves: a field, a key of an object at any depth, or the entries of a list. Question, page, policy,
 * audit log, undo and request body are all derived from a plan's list of these. Unredacted: stays inside `update/`.
 */
export interface LeafChange {
  /** The field, by the vendor's write name, and the keys that lead to the leaf. */
  path: readonly string[];
  definition: Field;
  effect: Effect;
  sensitivity: Sensitivity;
  /** Undefined where it is absent. */
  before: Json | undefined;
  after: Json | undefined;
  /** Inside a free-form object: absent, `null`, `""`, `[]` and `{}` are five values. */
  exact: boolean;
  /** Of a list: the entries that go and come, and whether those that stay change places. */
  list?: { removed: readonly Json[]; added: readonly Json[]; reordered: boolean };
  /** The second place of a field, where it holds something else than the first. */
  place?: readonly [container: string, key: string];
  /** The new value is still to be typed in by an approver. */
  asked?: true;
  /** The vendor may do this by itself when the plan is carried out; nothing of it is sent. */
  possible?: true;
}

/** The leaves of one field, and what the field holds before and after them. Unredacted: stays inside `update/`. */
export interface FieldChange {
  field: string;
  definition: Field;
  before: Json | undefined;
  after: Json | undefined;
  cleared: boolean;
  asked?: true;
  leaves: readonly LeafChange[];
  /** The second place of a mirrored field after the change; an undo may take its container away again. */
  second?: { path: readonly [container: string, key: string]; after: Json | undefined; hadContainer?: boolean };
}

/** Everything that will happen, unredacted: stays inside `update/`. */
export interface Plan {
  userId: string;
  label: string;
  emails: readonly string[];
  /** Planned fields that changed since the change that is being undone. */
  contested: readonly string[];
  version: string | undefined;
  /** Every leaf that moves. */
  leaves: readonly LeafChange[];
  /** The same leaves by field. */
  changes: readonly FieldChange[];
  /** What the vendor may change besides: judged by policy and told to the person asked, never sent. */
  sideEffects: readonly LeafChange[];
  /** What a person has to know of the plan: consequences, side effects. One list for every channel. */
  warnings: readonly string[];
  /** The record as it was read. */
  before: JsonObject;
  /** The request body, exactly as it will be sent. */
  body: JsonObject;
  /** The whole record as it should read afterwards, volatile attributes aside. */
  expected: JsonObject;
}
