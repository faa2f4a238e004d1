/** The fields of a form or a query, each at most once. */
export type FormFields = ReadonlyMap<string, string>;

/** More than any form of the page has: a checkbox for each request on a page of the list, and a few more. */
const MAX_FIELDS = 128;
const MAX_NAME = 128;

/**
 * Parses `application/x-www-form-urlencoded` strictly. Undefined for bytes or escapes that are not UTF-8, for a
 * repeated field or a list, and for more than a form of the page can hold. A lenient parser could find a yes or a typed
 * name in input that contains neither.
 */
export function parseForm(form: Uint8Array | string): FormFields | undefined {
  const fields = new Map<string, string>();
  try {
    const text = typeof form === 'string' ? form : new TextDecoder('utf-8', { fatal: true }).decode(form);
    const pairs = text.split('&', MAX_FIELDS + 1).filter((pair) => pair !== '');
    if (pairs.length > MAX_FIELDS) return undefined;
    for (const pair of pairs) {
      const end = pair.indexOf('=');
      const name = decode(end < 0 ? pair : pair.slice(0, end));
      if (name.length > MAX_NAME || name.includes('[') || fields.has(name)) return undefined;
      fields.set(name, end < 0 ? '' : decode(pair.slice(end + 1)));
    }
    return fields;
  } catch {
    return undefined;
  }
}

function decode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}
