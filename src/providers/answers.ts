import { type Json, valueAt } from '../json-value.ts';

/** Shapes that vendors' answers commonly have. */

/** Whether an answer shows one of whatever has an id, bare or in a `data` envelope. */
export function hasId(body: Json): boolean {
  return [['id'], ['data', 'id']].some((path) => valueAt(body, path) !== undefined);
}

const LIST_NAMES = ['data', 'users', 'results', 'items', 'content'];

/** The list in an answer: the answer itself, or one under a customary name, also within `data`; undefined without one. */
export function listIn(body: Json): Json[] | undefined {
  const paths = [[], ...LIST_NAMES.map((name) => [name]), ...LIST_NAMES.map((name) => ['data', name])];
  return paths.map((path) => valueAt(body, path)).find(Array.isArray);
}
