import { type Json, valueAt } from '../lib/json/json-value.ts';
import type { VendorFault } from './provider.ts';

/** Shapes that vendors' answers commonly have. */

/** Whether an answer shows one of whatever has an id, bare or in a `data` envelope. */
export function hasId(body: Json): boolean {
  return [['id'], ['data', 'id']].some((path) => valueAt(body, path) !== undefined);
}

const LIST_NAMES = ['data', 'users', 'results', 'items', 'content'];

/**
 * The path in a validation error: `["body", "props", "theme"]` (FastAPI) or `$.firstName`, `/name/familyName`. What leads
 * to the body is no part of it.
 */
function faultPath(place: Json | undefined): string[] | undefined {
  const keys = Array.isArray(place) ? place.map(String) : typeof place === 'string' ? place.split(/[./]/) : [];
  const path = keys.filter((key) => key !== '' && key !== '$');
  const body = path[0] === 'body' ? path.slice(1) : path;
  return body.length > 0 ? body : undefined;
}

/** One entry of a list of validation errors. */
export function faultOf(place: Json | undefined, sentence: Json | undefined): VendorFault {
  const path = faultPath(place);
  return { ...(path && { path }), ...quoteIn(sentence) };
}

/** The first of these values that is a sentence. */
export function quoteIn(...values: (Json | undefined)[]): { quote: string } | undefined {
  const quote = values.find((value) => typeof value === 'string' && value !== '');
  return typeof quote === 'string' ? { quote } : undefined;
}

/** Vendors also say with a 500 that a value is taken; it may be no more than the name of an exception. */
export function takenIf(isSaid: boolean, status: number): { kind: 'uniqueness_conflict' } | undefined {
  return isSaid && status >= 400 && status < 500 ? { kind: 'uniqueness_conflict' } : undefined;
}

/** The list in an answer: the answer itself, or one under a customary name, also within `data`; undefined without one. */
export function listIn(body: Json): Json[] | undefined {
  const paths = [[], ...LIST_NAMES.map((name) => [name]), ...LIST_NAMES.map((name) => ['data', name])];
  return paths.map((path) => valueAt(body, path)).find(Array.isArray);
}
