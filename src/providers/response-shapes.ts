import { type Json, valueAt } from '../lib/json/json-value.ts';
import type { VendorFault } from './provider.ts';

/** Shapes that vendors' responses commonly have. */

/** Whether a response is an object with an id, bare or in a `data` envelope. */
export function hasId(body: Json): boolean {
  return [['id'], ['data', 'id']].some((path) => valueAt(body, path) !== undefined);
}

const LIST_NAMES = ['data', 'users', 'results', 'items', 'content'];

/**
 * The path in a validation error, without a leading `body`: `["body", "props", "theme"]` (FastAPI), `$.firstName`,
 * `/name/familyName`.
 */
function faultPath(location: Json | undefined): string[] | undefined {
  const keys = Array.isArray(location)
    ? location.map(String)
    : typeof location === 'string'
      ? location.split(/[./]/)
      : [];
  const path = keys.filter((key) => key !== '' && key !== '$');
  const body = path[0] === 'body' ? path.slice(1) : path;
  return body.length > 0 ? body : undefined;
}

/** One entry of a list of validation errors. */
export function faultOf(location: Json | undefined, sentence: Json | undefined): VendorFault {
  const path = faultPath(location);
  return { ...(path && { path }), ...quoteIn(sentence) };
}

/** The first of these values that is a non-empty text. */
export function quoteIn(...values: (Json | undefined)[]): { quote: string } | undefined {
  const quote = values.find((value) => typeof value === 'string' && value !== '');
  return typeof quote === 'string' ? { quote } : undefined;
}

/** A value that is already taken. For a 4xx only: a 5xx may just contain the name of an exception. */
export function takenIf(isSaid: boolean, status: number): { kind: 'uniqueness_conflict' } | undefined {
  return isSaid && status >= 400 && status < 500 ? { kind: 'uniqueness_conflict' } : undefined;
}

/** The list in a response: the response itself, or one under a common name, also inside `data`. */
export function listIn(body: Json): Json[] | undefined {
  const paths = [[], ...LIST_NAMES.map((name) => [name]), ...LIST_NAMES.map((name) => ['data', name])];
  return paths.map((path) => valueAt(body, path)).find(Array.isArray);
}
