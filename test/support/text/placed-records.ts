import fc from 'fast-check';
import type { Json, JsonObject } from '../../../src/lib/json/json-value.ts';
import type { Field, Path } from '../../../src/providers/field.ts';
import { plainField } from '../vendors/plain-provider.ts';
import { objectOf } from './arbitrary-json.ts';

/** Records of vendors, and the places where their attributes are: with few names, so that they meet. */

const KEYS = ['a', 'b', 'c', '/a', '//b', '__proto__', 'constructor', '', 'n1'];
const key = fc.constantFrom(...KEYS);

const scalar = fc.constantFrom<Json>(null, true, 0, 1, 'x', '', 9007199254740993n);

/** Any JSON value with keys that places name. */
export const placedValue: fc.Arbitrary<Json> = fc.letrec<{ value: Json; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'medium' },
    scalar,
    tie('object'),
    fc.array(tie('value'), { maxLength: 2 }),
  ),
  object: objectOf(key, tie('value')) as fc.Arbitrary<JsonObject>,
})).value;

export const placedRecord = objectOf(key, placedValue) as fc.Arbitrary<JsonObject>;

/** Places by the names of attributes, each place once. */
export const places: fc.Arbitrary<ReadonlyMap<string, Path>> = fc
  .uniqueArray(
    fc.tuple(
      fc.constantFrom('a', 'b', 'c', 'n1', 'n2', 'n3', 'constructor'),
      fc.array(key, { minLength: 1, maxLength: 3 }),
    ),
    { selector: ([name]) => name, maxLength: 6 },
  )
  .map(
    (entries) => new Map(entries.filter(([, path], at) => entries.findIndex(([, one]) => isLike(one, path)) === at)),
  );

function isLike(one: Path, other: Path): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Fields at these places. */
export function fieldsAt(map: ReadonlyMap<string, Path>, toField: (name: string) => Partial<Field> = () => ({})) {
  return Object.fromEntries([...map].map(([name, at]) => [name, plainField({ at, ...toField(name) })]));
}
