import { isObject, type Json } from '../lib/json/json-value.ts';

/**
 * The status that a body stands for where a vendor refuses with 2xx: an envelope with `success: false`, or with an error
 * and no data. That is its own numeric `code`, if it is a status of HTTP, or else 400. Undefined for all other bodies, and
 * for every record: those have an id.
 */
export function refusedStatus(body: Json | undefined): number | undefined {
  if (!isObject(body) || body['id'] !== undefined) return undefined;
  const { success, error, errors, data, code } = body;
  const says = (value: Json | undefined) => (Array.isArray(value) ? value.length > 0 : Boolean(value));
  const refused = success === false || ((says(error) || says(errors)) && (data ?? null) === null);
  if (!refused) return undefined;
  return typeof code === 'number' && code >= 400 && code <= 599 ? code : 400;
}
