import { type JSONRPCMessage, parseJSONRPCMessage } from '@modelcontextprotocol/server';
import { parseJson } from '../../lib/json/json.ts';
import { isObject } from '../../lib/json/json-value.ts';
import { decodeUtf8 } from '../../lib/text/utf8.ts';
import { setAside } from './call-arguments.ts';

/**
 * Between the bytes of a client and the SDK, which drops what it cannot read. Every request with an id gets a response,
 * if only an error. A parsed message is one that the SDK accepts.
 */

export const PARSE_ERROR = -32_700;
export const INVALID_REQUEST = -32_600;

/** `id` may be a number that a double cannot hold, so write it with `stringifyJson`. */
export interface RpcError {
  jsonrpc: '2.0';
  id: unknown;
  error: { code: number; message: string };
}

export type Parsed = ParsedMessage | { kind: 'batch'; members: ParsedMessage[] };

export type ParsedMessage =
  | { kind: 'message'; message: JSONRPCMessage }
  | { kind: 'invalid'; error: RpcError }
  /** A notification or a response that cannot be read. JSON-RPC has no response to either. */
  | { kind: 'ignored'; why: string };

export function rpcError(id: unknown, code: number, message: string): RpcError {
  return { jsonrpc: '2.0', id, error: { code, message } };
}

/** As many as the SDK accepts over HTTP. */
const MAX_BATCH = 100;
const NOT_UTF8 = 'the message holds bytes that are not UTF-8; send all text as UTF-8';

/** The error for a line that was skipped. Looks for the id where clients put it: at the start or at the very end. */
export function errorForSkippedLine(head: Buffer, tail: Buffer, maxBytes: number): RpcError {
  const [, atHead] = ID_AT_HEAD.exec(head.toString('latin1')) ?? [];
  const [, atTail] = ID_AT_TAIL.exec(tail.toString('latin1')) ?? [];
  const id: unknown = JSON.parse(atHead ?? atTail ?? 'null');
  return rpcError(id, INVALID_REQUEST, `Invalid request: the message is longer than ${maxBytes} bytes`);
}

const ID = String.raw`"id"\s*:\s*(-?\d{1,15}|"[\w.:/ -]{0,256}")`;
const PLAIN_MEMBER = String.raw`"(?:jsonrpc|method)"\s*:\s*"[\w./-]{0,128}"`;
const ID_AT_HEAD = new RegExp(`^(?:\\xef\\xbb\\xbf)?\\s*\\{\\s*(?:${PLAIN_MEMBER}\\s*,\\s*){0,2}${ID}\\s*[,}]`);
const ID_AT_TAIL = new RegExp(`,\\s*${ID}\\s*(?:,\\s*${PLAIN_MEMBER}\\s*){0,2}\\}\\s*$`);

/** Parses the message or batch in these bytes. */
export function parseMessages(bytes: Uint8Array): Parsed {
  const { text, exact } = decodeUtf8(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return invalid(null, PARSE_ERROR, exact ? 'Parse error: the message is not JSON' : `Parse error: ${NOT_UTF8}`);
  }
  const exactId = (): unknown => {
    try {
      const again: unknown = parseJson(text);
      return isObject(again) ? again['id'] : null;
    } catch {
      return null; // nested too deeply for the exact parser
    }
  };
  if (!Array.isArray(value)) return parseOne(value, exact, exactId);
  if (value.length === 0) return invalid(null, INVALID_REQUEST, 'Invalid request: the batch is empty');
  if (value.length > MAX_BATCH) {
    return invalid(null, INVALID_REQUEST, `Invalid request: the batch has more than ${MAX_BATCH} messages`);
  }
  return { kind: 'batch', members: value.map((member) => parseOne(member, exact, () => null)) };
}

/** `exactId` rereads an id that a double cannot hold. */
function parseOne(value: unknown, exact: boolean, exactId: () => unknown) {
  if (!isObject(value)) return invalid(null, INVALID_REQUEST, 'Invalid request: a message is an object');
  if (!Object.hasOwn(value, 'method') && (Object.hasOwn(value, 'result') || Object.hasOwn(value, 'error'))) {
    return parseResponse(value, exact);
  }
  const problem = problemOf(value);
  const id = idToEcho(value, exactId);
  if (problem === undefined && exact) return toMessage(value);
  if (!Object.hasOwn(value, 'id') && typeof value['method'] === 'string') {
    return ignored(problem ?? 'not UTF-8');
  }
  if (problem !== undefined) return invalid(id, INVALID_REQUEST, `Invalid request: ${problem}`);
  // If only the arguments of a call are damaged, the tool itself reports that in a result.
  if (!isDamaged(withoutArguments(value))) return toMessage(setAside(value, { problem: NOT_UTF8 }));
  return invalid(isDamaged(id) ? null : id, PARSE_ERROR, `Parse error: ${NOT_UTF8}`);
}

function toMessage(value: Record<string, unknown>) {
  const params = value['params'];
  const isCall = value['method'] === 'tools/call' && isObject(params) && Object.hasOwn(params, 'arguments');
  const isNoObject = isCall && !isObject(params['arguments']);
  const message = isNoObject ? setAside(value, { value: params['arguments'] }) : value;
  return { kind: 'message' as const, message: message as JSONRPCMessage }; // checked by `problemOf`
}

/** Why the SDK could not read a request or notification. Undefined if it can. */
function problemOf(value: Record<string, unknown>): string | undefined {
  const { jsonrpc, method, params, id } = value;
  if (jsonrpc !== '2.0') return 'jsonrpc must be "2.0"';
  if (typeof method !== 'string') return 'method must be a string';
  if (Object.hasOwn(value, 'id') && typeof id !== 'string' && !Number.isSafeInteger(id)) {
    return 'id must be a string or an integer up to 2^53';
  }
  if (Object.hasOwn(value, 'params') && !isObject(params)) return 'params must be an object, or left out';
  return isReadable(value) ? undefined : 'not a JSON-RPC 2.0 message as MCP defines it';
}

/** A response that cannot be read still ends the wait for it, as an error. */
function parseResponse(value: Record<string, unknown>, exact: boolean) {
  const message = exact ? value : rpcError(value['id'], PARSE_ERROR, NOT_UTF8);
  return isReadable(message)
    ? { kind: 'message' as const, message: message as JSONRPCMessage } // just checked
    : ignored('not a valid response');
}

function isReadable(value: unknown): boolean {
  try {
    parseJSONRPCMessage(value);
    return true;
  } catch {
    return false;
  }
}

function idToEcho(value: Record<string, unknown>, exactId: () => unknown): unknown {
  const { id } = value;
  if (typeof id === 'string') return id;
  if (typeof id !== 'number') return null;
  const isRounded = !Number.isFinite(id) || (Number.isInteger(id) && !Number.isSafeInteger(id));
  return isRounded ? exactId() : id;
}

function withoutArguments(value: Record<string, unknown>): unknown {
  const { params } = value;
  if (value['method'] !== 'tools/call' || !isObject(params)) return value;
  return { ...value, params: { ...params, arguments: null } };
}

/** Whether it contains U+FFFD, the replacement for bytes that cannot be decoded. */
function isDamaged(value: unknown): boolean {
  try {
    return JSON.stringify(value)?.includes('\ufffd') ?? false;
  } catch {
    return true; // nested too deeply to check
  }
}

function invalid(id: unknown, code: number, message: string) {
  return { kind: 'invalid' as const, error: rpcError(id, code, message) };
}

function ignored(why: string) {
  return { kind: 'ignored' as const, why };
}
