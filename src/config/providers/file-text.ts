import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { UsageError } from '../../errors.ts';
import { errorCode } from '../../lib/error-code.ts';
import { decodeUtf8, positionAfter } from '../json/encoding.ts';
import { JsonFault, type JsonText, parseJsonText } from '../json/parse.ts';

const MAX_BYTES = 256 * 1024;

/** A provider file as JSON, with the positions of its values. */
export interface ProviderText {
  path: string;
  content: unknown;
  /** `line 3, column 7` of the value at a JSON pointer, or of the nearest value around it. */
  positionOf(pointer: string): string;
}

/** A file that can be read, and is no JSON that we take. */
export class ProviderTextError extends UsageError {
  /** The message without the file. */
  readonly fault: string;

  constructor(path: string, what: string, position?: string) {
    super(`${path}: ${what}${position === undefined ? '' : ` (${position} of ${path})`}`);
    this.fault = position === undefined ? what : `${what} (${position})`;
  }
}

/**
 * Reads a provider file: a regular file of at most 256 KiB, UTF-8, JSON without repeated keys and of bounded depth. Throws
 * a UsageError that names the file and shows no value.
 */
export function readProviderText(path: string): ProviderText {
  const decoded = decodeUtf8(readBytes(path));
  if ('fault' in decoded) throw new ProviderTextError(path, decoded.fault);
  const { text } = decoded;
  const { value, nodes } = parse(text, path);
  return {
    path,
    content: value,
    positionOf: (pointer) => positionAfter(text.slice(0, offsetOf(nodes, value, pointer))),
  };
}

function parse(text: string, path: string): JsonText {
  try {
    return parseJsonText(text);
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    const { message, isSyntax, offset } = error;
    const what = isSyntax ? `not valid JSON: ${message}` : message;
    throw new ProviderTextError(path, what, positionAfter(text.slice(0, offset)));
  }
}

/** Follows the pointer as far as there are values. */
function offsetOf(nodes: JsonText['nodes'], value: unknown, pointer: string): number {
  let [path, found, offset] = ['', value, nodes.get('')?.value ?? 0];
  for (const segment of pointer.split('/').slice(1)) {
    const key = segment.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) break;
    path = Array.isArray(found) ? `${path}[${key}]` : `${path}${path === '' ? '' : '.'}${key}`;
    found = (found as Readonly<Record<string, unknown>>)[key]; // its own key
    offset = nodes.get(path)?.value ?? offset;
  }
  return offset;
}

/** Opens first and looks then, so that it is the same file; a pipe would be waited for without `O_NONBLOCK`. */
function readBytes(path: string): Uint8Array {
  try {
    const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const { size } = requireFile(path, fstatSync(file));
      if (size > MAX_BYTES) throw tooLarge(path);
      const bytes = readFileSync(file);
      if (bytes.length > MAX_BYTES) throw tooLarge(path);
      return bytes;
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${path}: the provider file cannot be read (${errorCode(error) ?? 'unreadable'})`);
  }
}

function requireFile<Stats extends { isFile(): boolean }>(path: string, stats: Stats): Stats {
  if (!stats.isFile()) throw new UsageError(`${path}: is no regular file; name a provider file`);
  return stats;
}

function tooLarge(path: string): ProviderTextError {
  return new ProviderTextError(path, `is larger than ${MAX_BYTES / 1024} KiB, too large for a provider file`);
}
