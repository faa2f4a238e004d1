import { canonicalJson } from '../../lib/json/json.ts';
import { isObject, type Json, type JsonObject } from '../../lib/json/json-value.ts';
import type { Field } from '../../providers/field.ts';
import { isEmpty, isSame, matchesTarget } from '../plan/compare.ts';

import { isFreeForm } from '../plan/leaf-changes.ts';
import { toWritten } from '../plan/references.ts';
import type { BeforeImageChange } from '../write/before-image.ts';

/** Restores what a change moved, and nothing else: a three-way merge of the old, the changed and the current values. */

/** Whether the field can be restored at all: some fields cannot be emptied. */
export function isRestorable(definition: Field, { before }: BeforeImageChange): boolean {
  return definition.merge !== undefined || definition.clear !== undefined || !isEmpty(before);
}

/** The target value of the field, given its current value. */
export function restoredValue(definition: Field, change: BeforeImageChange, held: Json | undefined): Json | undefined {
  const { before, after } = change;
  if (!definition.merge) {
    if (isEmpty(before)) return definition.clear ? undefined : held;
    return toWritten(before ?? null, definition);
  }
  const restored = merged(before, after, held, equalityOf(definition));
  const isNothing = isFreeForm(definition) ? restored === undefined : isEmpty(restored);
  // An object that cannot be cleared as a whole keeps no keys.
  return isNothing && !definition.clear && held !== undefined ? {} : restored;
}

/** Whether the current value differs both from what the change left and from what was there before. */
export function isContested(definition: Field, change: BeforeImageChange, held: Json | undefined): boolean {
  const { before, after } = change;
  if (definition.merge) return differsFromBoth(before, after, held, equalityOf(definition));
  return !isSame(held, before, definition.compare) && !matchesTarget(held, after, definition.compare);
}

type Equality = (one: Json | undefined, other: Json | undefined) => boolean;

function equalityOf(definition: Field): Equality {
  if (!isFreeForm(definition)) return isSame;
  return (one, other) =>
    one === other || (one !== undefined && other !== undefined && canonicalJson(one) === canonicalJson(other));
}

function merged(
  before: Json | undefined,
  after: Json | undefined,
  held: Json | undefined,
  same: Equality,
): Json | undefined {
  if (isObject(before) && isObject(after) && isObject(held)) {
    const members = keysOf(before, after, held).map(
      (key) => [key, merged(own(before, key), own(after, key), own(held, key), same)] as const,
    );
    return Object.fromEntries(members.filter((member): member is [string, Json] => member[1] !== undefined));
  }
  return same(before, after) ? held : before;
}

function differsFromBoth(
  before: Json | undefined,
  after: Json | undefined,
  held: Json | undefined,
  same: Equality,
): boolean {
  if (isObject(before) && isObject(after) && isObject(held)) {
    return keysOf(before, after).some((key) =>
      differsFromBoth(own(before, key), own(after, key), own(held, key), same),
    );
  }
  return !same(before, after) && !same(held, before) && !same(held, after);
}

function keysOf(...objects: readonly JsonObject[]): string[] {
  return [...new Set(objects.flatMap((object) => Object.keys(object)))];
}

function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
