import type { Audience, Redacted } from '../../lib/json/redacted.ts';
import type { Consequence, Effect } from '../../providers/effects.ts';
import type { Field } from '../../providers/field.ts';

/** A leaf change as audience `A` may see it. */
export interface ChangeView<A extends Audience> {
  /** The path of the leaf. */
  field: string;
  effect: Effect;
  /** Undefined if absent. */
  before: Redacted<A> | undefined;
  after: Redacted<A> | undefined;
  /** The field is cleared. */
  cleared: boolean;
  /** The second place of a mirrored field, if its value differs from the first. */
  place?: string;
  /** Inside a free-form object: absent, `null`, `""`, `[]` and `{}` are shown as five values. */
  exact?: true;
  list?: { removed: readonly Redacted<A>[]; added: readonly Redacted<A>[]; reordered: boolean };
  /** An approver will type the new value in. */
  asked?: true;
  /** For the person alone: what the ids in this leaf refer to. */
  references?: readonly Reference[];
}

/** An id of something else. `name`: null if there is no such user, undefined if it was not looked up. */
export interface Reference {
  id: string;
  refers: NonNullable<Field['refers']>;
  name?: string | null;
}

/** A change that was not requested, as audience `A` may see it. */
export type CollateralView<A extends Audience> = Pick<ChangeView<A>, 'field' | 'effect' | 'before' | 'after'>;

/** What a request comes to, in one line. */
export interface Headline {
  consequence: Consequence;
  /** The fields that have this consequence. */
  fields: readonly string[];
}

/** A plan as audience `A` may see it: the only form in which a plan leaves `update/`. */
export interface PlanView<A extends Audience> {
  provider: string;
  connection: string;
  userId: string;
  label: string;
  changes: readonly ChangeView<A>[];
  warnings: readonly string[];
  /** Undefined if all changes are ordinary. */
  headline?: Headline;
}
