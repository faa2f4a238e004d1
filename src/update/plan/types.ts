import type { Json, JsonObject } from '../../lib/json/json-value.ts';
import type { RecordWrite } from '../../providers/calls.ts';
import type { Effect } from '../../providers/effects.ts';
import type { Field, Sensitivity } from '../../providers/field.ts';
import type { Headline } from '../redact/types.ts';

/**
 * One thing that changes: a field, a key of an object at any depth, or the entries of a list. Question, approval page,
 * policy, audit log, undo and request body are all derived from a plan's list of these. Unredacted: never leaves
 * `update/`.
 */
export interface LeafChange {
  /** The field, by the vendor's write name, and the keys that lead to the leaf. */
  path: readonly string[];
  definition: Field;
  effect: Effect;
  sensitivity: Sensitivity;
  /** Undefined if absent. */
  before: Json | undefined;
  after: Json | undefined;
  /** Inside a free-form object: absent, `null`, `""`, `[]` and `{}` are five values. */
  exact: boolean;
  /** For a list. */
  list?: { removed: readonly Json[]; added: readonly Json[]; reordered: boolean };
  /** The second place of a mirrored field, if its value differs from the first. */
  place?: readonly [container: string, key: string];
  /** An approver will type the new value in. */
  asked?: true;
  /** A side effect that the vendor may cause; not part of the body. */
  possible?: true;
}

/** A field that changed although it was not planned. */
export interface UnplannedChange {
  field: string;
  before: Json | undefined;
  after: Json | undefined;
}

/** The same by leaves: `field` is the path, and `leaf` is absent if the whole field was not planned. */
export interface Collateral extends UnplannedChange {
  leaf?: LeafChange;
}

/** The leaves of one field, with its values before and after. Unredacted: never leaves `update/`. */
export interface FieldChange {
  field: string;
  definition: Field;
  before: Json | undefined;
  after: Json | undefined;
  cleared: boolean;
  asked?: true;
  leaves: readonly LeafChange[];
  /** The second place of a mirrored field after the change. An undo removes a container that was not there before. */
  second?: { path: readonly [container: string, key: string]; after: Json | undefined; hadContainer?: boolean };
}

/** Everything an update will do. Unredacted: never leaves `update/`. */
export interface Plan {
  userId: string;
  label: string;
  emails: readonly string[];
  /** Planned fields that changed since the change that is being undone. */
  contested: readonly string[];
  version: string | undefined;
  /** Every leaf that changes. */
  leaves: readonly LeafChange[];
  /** The same leaves by field. */
  changes: readonly FieldChange[];
  /** Fields the vendor may change as well. Subject to policy and shown to the person, not part of the body. */
  sideEffects: readonly LeafChange[];
  /** Consequences and side effects a person must know about; the same list for every channel. */
  warnings: readonly string[];
  /** The weightiest consequence; undefined if all changes are ordinary. */
  headline: Headline | undefined;
  /** The user record as it was read. */
  before: JsonObject;
  /** The call that writes, and its body exactly as it will be sent. */
  write: RecordWrite;
  body: JsonObject;
  /** The user record expected afterwards; volatile attributes may differ. */
  expected: JsonObject;
}
