import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { UsageError } from '../../../errors.ts';
import { errorCode } from '../../../lib/error-code.ts';
import { parseJson } from '../../../lib/json/json.ts';
import { isObject, type Json, type JsonObject } from '../../../lib/json/json-value.ts';
import { printable } from '../../../lib/text/printable.ts';
import { decodeUtf8 } from '../../../lib/text/utf8.ts';

/** More than the description of a large API has; reading YAML takes a second and 60 MB for each megabyte. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Reads an OpenAPI 3 description from a local file, JSON or YAML. Throws a UsageError for anything else. Objects that
 * YAML repeats by an alias stay one object, so that repeating them costs nothing.
 */
export async function readOpenApi(file: string): Promise<JsonObject> {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(file)) {
    throw new UsageError('--openapi: reads local files only; download the description first');
  }
  const { text, exact } = decodeUtf8(await readBytes(file));
  if (!exact) throw new UsageError(`--openapi: ${file} is not UTF-8; save it as UTF-8`);
  const description = await parse(file, text);
  refuseOthers(file, description);
  return description;
}

async function readBytes(file: string): Promise<Uint8Array> {
  let handle: FileHandle | undefined;
  try {
    // Opening a named pipe without a writer would block.
    handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const info = await handle.stat();
    if (!info.isFile()) throw new UsageError(`--openapi: ${file} is not a file`);
    const bytes = info.size > MAX_BYTES ? undefined : await handle.readFile();
    if (bytes && bytes.byteLength <= MAX_BYTES) return bytes;
    throw new UsageError(
      `--openapi: ${file} is larger than ${MAX_BYTES / 1024 ** 2} MiB; leave in it the paths of users and what they refer to`,
    );
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`--openapi: ${file} cannot be read (${errorCode(error) ?? 'unreadable'})`);
  } finally {
    await handle?.close();
  }
}

async function parse(file: string, text: string): Promise<JsonObject> {
  const parsed = parseIfJson(text) ?? (await parseYaml(file, text));
  if (!isObject(parsed)) throw new UsageError(`--openapi: ${file} is no OpenAPI description: it holds no object`);
  return parsed;
}

/** Undefined for what is not JSON: YAML is nearly a superset of it. */
function parseIfJson(text: string): Json | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

async function parseYaml(file: string, text: string): Promise<Json> {
  const { CORE_SCHEMA, load, mergeTag } = await import('js-yaml');
  try {
    // Of a repeated key the last counts, as in JSON. What it makes of these tags is JSON.
    return load(text, {
      schema: CORE_SCHEMA.withTags(mergeTag),
      json: true,
      maxDepth: MAX_DEPTH,
      maxAliases: MAX_ALIASES,
    }) as Json;
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'unreadable';
    throw new UsageError(`--openapi: ${file} is neither JSON nor YAML: ${printableLine(reason)}`);
  }
}

const MAX_DEPTH = 200;
const MAX_ALIASES = 10_000;

function refuseOthers(file: string, { openapi, swagger }: JsonObject): void {
  if (typeof openapi === 'string' && /^3\.\d/.test(openapi)) return;
  const found = swagger ?? openapi;
  if (found === undefined) {
    throw new UsageError(`--openapi: ${file} is no OpenAPI description: it has no key "openapi"`);
  }
  throw new UsageError(
    `--openapi: ${file} is of version ${printable(String(found))}; expected OpenAPI 3. Convert it first, or ask the vendor for a newer one`,
  );
}

function printableLine(reason: string): string {
  return reason.replace(/[^\x20-\x7e]/g, '?').slice(0, 160);
}
