import { readFileSync } from 'node:fs';
import { UsageError } from '../../errors.ts';
import { errorCode } from '../../lib/error-code.ts';
import { decodeUtf8, positionAfter } from './encoding.ts';
import { JsonFault, parseJsonText } from './parse.ts';

/** A configuration file as it was read, and the positions of its values. */
export interface JsonFile {
  path: string;
  value: unknown;
  /**
   * `line 3, column 7` of the value at a path such as `policy.rules[0].field`, or of its key; of the nearest value
   * above if there is none. Undefined if the file has no value with the first name of the path.
   */
  positionOf(path: string, what?: 'key' | 'value'): string | undefined;
}

const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Reads a JSON file. Rejects invalid UTF-8, invalid JSON, repeated keys, and `__proto__`, which objects would lose.
 * Throws a UsageError with the position and without any value.
 */
export function readJsonFile(path: string): JsonFile {
  const bytes = readBytes(path);
  if (bytes.length > MAX_BYTES)
    throw new UsageError(`${path}: is larger than ${MAX_BYTES} bytes, too large for a configuration file`);
  const decoded = decodeUtf8(bytes);
  if ('fault' in decoded) throw new UsageError(`${path}: ${decoded.fault}`);
  const { text } = decoded;
  const { value, nodes } = parse(text, path);
  return {
    path,
    value,
    positionOf(given, what = 'value') {
      for (let at = given; ; at = parentOf(at)) {
        const node = nodes.get(at);
        const offset = (what === 'key' && at === given ? node?.key : undefined) ?? node?.value;
        if (offset !== undefined && (at !== '' || given === '')) return positionAfter(text.slice(0, offset));
        if (at === '') return undefined;
      }
    },
  };
}

function parse(text: string, path: string) {
  try {
    return parseJsonText(text);
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    const { message, isSyntax, offset } = error;
    const position = positionAfter(text.slice(0, offset));
    const line = isSyntax ? `not valid JSON, ${position}: ${message}` : `${message} (${position})`;
    throw new UsageError(`${path}: ${line}`);
  }
}

/** `a.b[0]` → `a.b` → `a` → ``. */
function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('.'), path.lastIndexOf('[')));
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = errorCode(error) ?? 'unreadable';
    throw new UsageError(`${path}: the configuration file cannot be read (${code})`);
  }
}
