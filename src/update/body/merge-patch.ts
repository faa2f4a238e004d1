import { isObject, type Json, type JsonObject } from '../../lib/json/json-value.ts';
import type { Path } from '../../providers/field.ts';
import { placeOf, toVendorRecord } from '../../providers/interpret/record-shape.ts';
import type { FieldChange, LeafChange } from '../plan/types.ts';
import type { Encoder } from './encoder.ts';
import { echoedFields, emptied } from './parts.ts';

/**
 * The leaves that change, each at its place (RFC 7396): a key that is not named keeps its value, and `null` removes one. An
 * object that is not changed key by key is sent whole, without what the old one had besides, which is set to `null`.
 */
export const mergePatchBody: Encoder = ({ provider, write, record, changes }) => {
  const patch = new PatchBody(toVendorRecord(provider, echoedFields(write, record, changes)));
  for (const change of changes) {
    const place = placeOf(provider, change.field);
    for (const { path, after } of leavesOf(change)) {
      patch.set([...place, ...path.slice(1)], after === undefined ? (emptied(change.definition) ?? null) : after);
    }
  }
  return patch.body;
};

/** A field that is not changed key by key is one leaf with its whole value, as the plan writes it. */
function leavesOf({ field, definition, after, leaves }: FieldChange): readonly Pick<LeafChange, 'path' | 'after'>[] {
  return definition.merge ? leaves : [{ path: [field], after }];
}

/** A body in the making. Copies an object of someone else once, however many of its keys are set. */
class PatchBody {
  readonly body: JsonObject;
  readonly #own = new WeakSet<JsonObject>();

  constructor(start: JsonObject) {
    this.body = this.#copy(start);
  }

  set(path: Path, value: Json): void {
    let object = this.body;
    for (const key of path.slice(0, -1)) {
      const held = Object.hasOwn(object, key) ? object[key] : undefined;
      const inner = isObject(held) && this.#own.has(held) ? held : this.#copy(isObject(held) ? held : {});
      put(object, key, inner);
      object = inner;
    }
    put(object, path.at(-1) ?? '', value);
  }

  #copy(object: JsonObject): JsonObject {
    const copy = { ...object };
    this.#own.add(copy);
    return copy;
  }
}

/** As an own member, also one of the name `__proto__`. */
function put(object: JsonObject, key: string, value: Json): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}
