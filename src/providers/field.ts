import type * as z from 'zod';
import type { Json } from '../lib/json/json-value.ts';
import type { Consequence, Effect } from './effects.ts';

/** Who may see a value in the clear: docs/operating.md, "Redaction". */
export const SENSITIVITIES = ['public', 'personal', 'secret'] as const;
export type Sensitivity = (typeof SENSITIVITIES)[number];

/** Keys from the outside in: a JSON pointer (RFC 6901) as a list. Empty for the whole. */
export type Path = readonly string[];

/** How a field is emptied: left out of a replacing body, or sent as `null`, as `""` or as `[]`. */
export const CLEAR_BY = ['omit', 'null', 'empty', 'empty-list'] as const;
export type ClearBy = (typeof CLEAR_BY)[number];

/**
 * How two values are compared. `unordered`: the order of a list does not count; `day`: a time after the day does not
 * count; `id`: `5`, `"5"` and `{ id: 5 }` are equal; `set`: list entries in any order, each compared as by `id`;
 * `caseless`: texts that differ only in case are one.
 */
export const COMPARES = ['exact', 'unordered', 'set', 'instant', 'day', 'id', 'caseless'] as const;
export type Compare = (typeof COMPARES)[number];

/** One field of a vendor's update call. The first three keys have no default: a field without one does not compile. */
export interface Field {
  /** The values the vendor accepts. Has no default: a field that the call does not name is never sent. */
  schema: z.ZodType;
  sensitivity: Sensitivity;
  effect: Effect;
  /**
   * Where the vendor keeps the value, if that is not the top-level attribute of the field's name. A record that was read
   * has the value under the field's name and no longer at this place; `record-shape.ts` puts it back for a write.
   */
  at?: Path;
  /** A field without it cannot be cleared. */
  clear?: ClearBy;
  /** `exact` when left out. */
  compare?: Compare;
  /** The value is the id of something else: a user, whose name is shown to people, or what no documented read names. */
  refers?: 'user' | 'other';
  /** `false` if the vendor never shows the value. */
  readback?: false;
  /**
   * An object whose keys are changed one by one: the value read is merged with the requested keys. It is sent whole,
   * because the vendor replaces it, or may; an encoding that sends leaves sends those that changed. `clear` then also
   * takes `field.key`. Without `keys` any key is allowed, except one that is the place of another field, or `reserved`:
   * the vendor takes it for something else than a custom field.
   */
  merge?: { keys?: readonly string[]; clear?: ClearBy; reserved?: readonly string[] };
  /** The keys of a composite value. A key that is neither here nor in `merge.keys` is unknown, and so secret. */
  parts?: Readonly<Record<string, Sensitivity>>;
  /**
   * Parts of a list entry that the vendor maintains itself, such as `display`. They, and parts that nobody declared, stay
   * with an entry whose `value` stays.
   */
  ownParts?: readonly string[];
  /** A second place where the vendor keeps the same value; both are written together. */
  mirror?: readonly [container: string, key: string];
  /**
   * What the vendor derives from this value, as paths in its own record: left out of a replacing body when the field
   * changes, and no collateral change then.
   */
  derives?: readonly Path[];
  /** How changes of this field affect the person, by their direction. The first that applies counts. */
  warnings?: readonly Warning[];
}

/** What a change of a field means to the person, if it goes from one of these values to one of those. */
export interface Warning {
  /** Values that the change comes from; `null`: none, or absent. Any when left out. */
  before?: readonly Json[];
  /** Values that it goes to, likewise. */
  after?: readonly Json[];
  /** `domain_changes`: only if the domain of the (primary) e-mail address becomes another. */
  when?: 'domain_changes';
  /**
   * A sentence such as "This deletes their account". Replaces the general sentence for the effect; for `identity` it is
   * added to it.
   */
  says?: string;
  /** For the headline. Without it a change of `lifecycle` or `access` with a sentence counts as `changes`. */
  headline?: Consequence;
  /** The vendor removes the record with this change: a 404 when it is read back shows it, and an undo cannot. */
  removesRecord?: true;
}
