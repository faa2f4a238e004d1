import { UsageError } from '../../../errors.ts';
import { isObject, type Json, type JsonObject } from '../../../lib/json/json-value.ts';
import { printable } from '../../../lib/text/printable.ts';

/** Objects that are looked at, far more than the users of an API take. */
const MAX_LOOKED_AT = 100_000;
const MAX_HOPS = 32;

/** An OpenAPI description, with its references followed as they are met. */
export class Description {
  readonly root: JsonObject;
  /** References that lead to nothing. */
  readonly missing = new Set<string>();
  #lookedAt = 0;

  constructor(root: JsonObject) {
    this.root = root;
  }

  /**
   * The object that a value is or refers to; undefined for anything else, and for a reference that leads to nothing or
   * in a circle. Throws a UsageError for a reference to another document.
   */
  resolve(value: Json | undefined): JsonObject | undefined {
    let found = value;
    for (let hops = 0; hops < MAX_HOPS; hops++) {
      if (++this.#lookedAt > MAX_LOOKED_AT) {
        throw new UsageError(
          '--openapi: the description is too large to be read; leave in it the paths of users and what they refer to',
        );
      }
      if (!isObject(found)) return undefined;
      const reference = own(found, '$ref');
      if (typeof reference !== 'string') return found;
      found = this.#follow(reference);
    }
    return undefined;
  }

  /** What a member of an object is or refers to. */
  member(object: JsonObject | undefined, key: string): JsonObject | undefined {
    return object && this.resolve(own(object, key));
  }

  #follow(reference: string): Json | undefined {
    if (reference !== '#' && !reference.startsWith('#/')) {
      const problem = reference.startsWith('#') ? 'by an anchor' : 'to another document';
      throw new UsageError(
        `--openapi: the description refers ${problem} (${printable(reference)}), which is not followed; put all of it into one file first, with references like #/components/schemas/User`,
      );
    }
    let found: Json | undefined = this.root;
    for (const segment of reference.split('/').slice(1)) {
      const key = decodeSegment(segment);
      if (Array.isArray(found)) found = found[Number(key)];
      else found = isObject(found) ? own(found, key) : undefined;
    }
    if (found === undefined) this.missing.add(reference);
    return found;
  }
}

/** A member of the object itself: foreign names may be those of a prototype. */
export function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** A member that is a text. */
export function textOf(object: JsonObject | undefined, key: string): string | undefined {
  const value = object && own(object, key);
  return typeof value === 'string' ? value : undefined;
}

/** The entries of a member that is an object, or none. */
export function entriesOf(object: JsonObject | undefined, key: string): [string, Json][] {
  const value = object && own(object, key);
  return isObject(value) ? Object.entries(value) : [];
}

/** The entries of a member that is a list, or none. */
export function listOf(object: JsonObject | undefined, key: string): Json[] {
  const value = object && own(object, key);
  return Array.isArray(value) ? value : [];
}

/** RFC 6901 in the fragment of a URI. */
function decodeSegment(segment: string): string {
  const plain = segment.replaceAll('~1', '/').replaceAll('~0', '~');
  try {
    return decodeURIComponent(plain);
  } catch {
    return plain;
  }
}
