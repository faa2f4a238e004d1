import { isObject, type Json } from '../providers/provider.ts';

/**
 * The status that a body stands for where a vendor refuses with 2xx: an envelope with `success: false`, or an `error` and
 * nothing else. That is its own numeric `code`, if it is a status of HTTP, or else 400. Undefined for all other bodies.
 */
export function refusedStatus(body: Json | undefined): number | undefined {
  if (!isObject(body)) return undefined;
  const { success, error, errors, id, data, code } = body;
  const isError = [error, errors].some((said) => said !== undefined && said !== null && said !== false);
  const refused = success === false || (isError && id === undefined && !isObject(data));
  if (!refused) return undefined;
  return typeof code === 'number' && code >= 400 && code <= 599 ? code : 400;
}
