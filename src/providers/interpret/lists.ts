import { isObject, type Json, valueAt } from '../../lib/json/json-value.ts';
import type { Lookup } from '../calls.ts';
import type { Path } from '../field.ts';
import type { Provider } from '../provider.ts';
import { messageValue } from './message-value.ts';
import { placeOf } from './record-shape.ts';

const USUAL_NAMES = ['data', 'users', 'results', 'items', 'content'];

/** The list in a response of usual shape: the response itself, or one under a usual name, also inside `data`. */
export function usualList(body: Json): Json[] | undefined {
  const paths = [[], ...USUAL_NAMES.map((name) => [name]), ...USUAL_NAMES.map((name) => ['data', name])];
  return paths.map((path) => valueAt(body, path)).find(Array.isArray);
}

/** The user records in the response to a lookup; undefined for a response of unknown shape. */
export function recordsIn(
  provider: Pick<Provider, 'caseInsensitiveNames' | 'ids' | 'fields' | 'readOnlyAt'>,
  { list, total, single }: Pick<Lookup, 'list' | 'total' | 'single'>,
  body: Json,
): Json[] | undefined {
  const at = (from: Json, path: Path) => messageValue(provider, from, path);
  if (single) {
    const one = isObject(body) && body['data'] !== undefined ? body['data'] : body;
    if (one === null) return [];
    if (provider.ids.some((id) => at(one, placeOf(provider, id)) !== undefined)) return [one];
  }
  const found = list ? at(body, list) : usualList(body);
  if (Array.isArray(found)) return found;
  return total && at(body, total) === 0 ? [] : undefined;
}
