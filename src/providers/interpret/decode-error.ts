import { isObject, type Json, valueAt } from '../../lib/json/json-value.ts';
import type { DecodedError, ErrorCodes, ErrorKind, FaultList, VendorFault } from '../errors.ts';
import type { Path } from '../field.ts';
import type { Provider } from '../provider.ts';

/** What a vendor's error response says: by the definition's `errors`, then by its function if it has one. */
export function decodeError(
  provider: Pick<Provider, 'errors' | 'decodeError' | 'caseInsensitiveNames'>,
  response: { status: number; headers: Readonly<Record<string, string>>; body: Json | undefined },
): DecodedError {
  const { status, headers, body } = response;
  const { faults = [], messages = [], header, codes = [] } = provider.errors;
  const at = provider.caseInsensitiveNames ? valueAtAnyCase : elementAt;
  const listed = faults.flatMap((list) => faultsIn(at(body, list.at), list));
  const sentence = [...messages.map((path) => at(body, path)), header && headers[header.toLowerCase()]].find(isText);
  const found = listed.length > 0 ? listed : sentence === undefined ? [] : [{ quote: sentence }];
  const kind = status < 500 ? codes.map((one) => kindIn(at(body, one.at), status, one)).find(Boolean) : undefined;
  return { ...(kind && { kind }), ...(found.length > 0 && { faults: found }), ...provider.decodeError?.(status, body) };
}

function faultsIn(value: Json | undefined, { keyed, path, message }: FaultList): VendorFault[] {
  if (keyed) {
    const fields = isObject(value) ? Object.entries(value) : [];
    return fields.flatMap(([field, entries]) =>
      [entries].flat().map((entry) => faultOf(field, elementAt(entry, message))),
    );
  }
  const entries = Array.isArray(value) ? value.filter(isObject) : [];
  return entries.map((entry) => faultOf(path && elementAt(entry, path), elementAt(entry, message)));
}

function faultOf(location: Json | undefined, sentence: Json | undefined): VendorFault {
  const path = faultPath(location);
  return { ...(path && { path }), ...(isText(sentence) && { quote: sentence }) };
}

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

function kindIn(code: Json | undefined, status: number, codes: ErrorCodes): ErrorKind | undefined {
  const { is = {}, contains = {}, statuses } = codes;
  if (code === undefined || code === null || (statuses && !statuses.includes(status))) return undefined;
  const text = String(code);
  if (Object.hasOwn(is, text)) return is[text];
  return Object.entries(contains).find(([part]) => text.toLowerCase().includes(part.toLowerCase()))?.[1];
}

function isText(value: Json | undefined): value is string {
  return typeof value === 'string' && value !== '';
}

/** As `valueAt`, but a number also leads into a list: some vendors answer with a list of errors. */
function elementAt(value: Json | undefined, path: Path): Json | undefined {
  let found = value;
  for (const key of path) {
    found = Array.isArray(found) && /^\d{1,4}$/.test(key) ? found[Number(key)] : valueAt(found, [key]);
  }
  return found;
}

/** Names in messages ignore case too (RFC 7643 section 2.1). */
export function valueAtAnyCase(value: Json | undefined, path: Path): Json | undefined {
  let found = value;
  for (const key of path) {
    if (!isObject(found)) return elementAt(found, [key]);
    found = Object.entries(found).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
  }
  return found;
}
