import { isExact, isObject, type Json } from '../../lib/json/json-value.ts';
import type { DecodedError, ErrorCodes, ErrorKind, FaultList, VendorFault } from '../errors.ts';
import type { Path } from '../field.ts';
import type { Provider } from '../provider.ts';
import { elementAt, messageValue } from './message-value.ts';

/** What a vendor's error response says: by the definition's `errors`, then by its function if it has one. */
export function decodeError(
  provider: Pick<Provider, 'errors' | 'decodeError' | 'caseInsensitiveNames'>,
  response: { status: number; headers: Readonly<Record<string, string>>; body: Json | undefined },
): DecodedError {
  const { status, headers, body } = response;
  const { faults = [], messages = [], header, codes = [] } = provider.errors;
  const at = (from: Json | undefined, path: Path) => messageValue(provider, from, path);
  const listed = faults.flatMap((list) => faultsIn(at(body, list.at), list));
  const sentence = [...messages.map((path) => at(body, path)), header && headers[header.toLowerCase()]].find(isText);
  const found = listed.length > 0 ? listed : sentence === undefined ? [] : [{ quote: sentence }];
  const kind = status < 500 ? codes.map((one) => kindIn(at(body, one.at), status, one)).find(Boolean) : undefined;
  return { ...(kind && { kind }), ...(found.length > 0 && { faults: found }), ...provider.decodeError?.(status, body) };
}

/** As many as anyone reads, of a body that may have any number. */
const MOST_FAULTS = 100;
const MOST_KEYS = 100;

function faultsIn(value: Json | undefined, { keyed, path, message }: FaultList): VendorFault[] {
  if (keyed) {
    const fields = isObject(value) ? Object.entries(value).slice(0, MOST_FAULTS) : [];
    return fields.flatMap(([field, entries]) =>
      [entries]
        .flat()
        .slice(0, MOST_FAULTS)
        .map((entry) => faultOf(field, elementAt(entry, message))),
    );
  }
  const entries = Array.isArray(value) ? value.slice(0, MOST_FAULTS).filter(isObject) : [];
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
    ? location.slice(0, MOST_KEYS).map((key) => toWord(key) ?? '')
    : typeof location === 'string'
      ? location.split(/[./]/, MOST_KEYS)
      : [];
  const path = keys.filter((key) => key !== '' && key !== '$');
  const body = path[0] === 'body' ? path.slice(1) : path;
  return body.length > 0 ? body : undefined;
}

function kindIn(code: Json | undefined, status: number, codes: ErrorCodes): ErrorKind | undefined {
  const { is = {}, contains = {}, statuses } = codes;
  const text = toWord(code);
  if (text === undefined || (statuses && !statuses.includes(status))) return undefined;
  if (Object.hasOwn(is, text)) return is[text];
  return Object.entries(contains).find(([part]) => text.toLowerCase().includes(part.toLowerCase()))?.[1];
}

/** A text or a number. Anything else has a conversion to text that foreign members decide, and may recurse into. */
function toWord(value: Json | undefined): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || isExact(value) ? String(value) : undefined;
}

function isText(value: Json | undefined): value is string {
  return typeof value === 'string' && value !== '';
}
