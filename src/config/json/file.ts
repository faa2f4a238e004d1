import { readFileSync } from 'node:fs';
import { UsageError } from '../../errors.ts';
import { decodeUtf8 } from './encoding.ts';
import { JsonFault, parseJsonText } from './parse.ts';
import { placeAt, placeWords } from './place.ts';

/** A configuration file as it was read, and where in it things are. */
export interface JsonFile {
  path: string;
  value: unknown;
  /**
   * `line 3, column 7` of what a path such as `policy.rules[0].field` leads to, or of the nearest thing above it that is
   * there; of its key, where the key is what is wrong. Undefined where the path does not begin in this file.
   */
  placeOf(path: string, what?: 'key' | 'value'): string | undefined;
}

const MAX_BYTES = 16 * 1024 * 1024;

/**
 * The JSON value in a file. Throws a UsageError with the place of what cannot be taken, and without any value: not UTF-8,
 * not JSON, a key twice, or `__proto__`, which would get lost on the way.
 */
export function readJsonFile(path: string): JsonFile {
  const bytes = readBytes(path);
  if (bytes.length > MAX_BYTES)
    throw new UsageError(`${path}: has more than ${MAX_BYTES} bytes, which is no configuration`);
  const decoded = decodeUtf8(bytes);
  if ('fault' in decoded) throw new UsageError(`${path}: ${decoded.fault}`);
  const { text } = decoded;
  const { value, nodes } = parse(text, path);
  return {
    path,
    value,
    placeOf(wanted, what = 'value') {
      for (let at = wanted; ; at = parentOf(at)) {
        const node = nodes.get(at);
        const position = (what === 'key' && at === wanted ? node?.key : undefined) ?? node?.value;
        if (position !== undefined && (at !== '' || wanted === '')) return placeWords(placeAt(text.slice(0, position)));
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
    const place = placeWords(placeAt(text.slice(0, error.position)));
    const { message, isSyntax } = error;
    throw new UsageError(isSyntax ? `${path}: not valid JSON, ${place}: ${message}` : `${path}: ${message} (${place})`);
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
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new UsageError(`${path}: the configuration file cannot be read (${code})`);
  }
}
