import { type JSONRPCMessage, parseJSONRPCMessage } from '@modelcontextprotocol/server';
import { parseJson } from '../../lib/json/json.ts';
import { isObject } from '../../lib/json/json-value.ts';
import { decodeUtf8 } from '../../lib/text/utf8.ts';
import { setAside } from './call-arguments.ts';

/**
 * What stands between the bytes of a client and the protocol library, which drops what it cannot read: every request
 * with an id is answered here, if only with an error. What passes is a message the library takes.
 */

export const PARSE_ERROR = -32_700;
export const INVALID_REQUEST = -32_600;

/** `id` may be a number no double holds, so replies are written by `stringifyJson`. */
export interface ErrorReply {
  jsonrpc: '2.0';
  id: unknown;
  error: { code: number; message: string };
}

export type Sieved = BatchMember | { kind: 'batch'; members: BatchMember[] };

export type BatchMember =
  | { kind: 'message'; message: JSONRPCMessage }
  | { kind: 'reply'; reply: ErrorReply }
  /** A notification or an answer that cannot be read: JSON-RPC answers neither. */
  | { kind: 'ignored'; why: string };

export function errorReply(id: unknown, code: number, message: string): ErrorReply {
  return { jsonrpc: '2.0', id, error: { code, message } };
}

/** As many as the protocol library takes over HTTP. */
const MAX_BATCH = 100;
const NOT_UTF8 = 'the message holds bytes that are not UTF-8; send all text as UTF-8';

/** What can be told of a line that was skipped for its length: clients put the id in front or at the very end. */
export function replyToSkipped(head: Buffer, tail: Buffer, maxBytes: number): ErrorReply {
  const [, atHead] = ID_AT_HEAD.exec(head.toString('latin1')) ?? [];
  const [, atTail] = ID_AT_TAIL.exec(tail.toString('latin1')) ?? [];
  const id: unknown = JSON.parse(atHead ?? atTail ?? 'null');
  return errorReply(id, INVALID_REQUEST, `Invalid request: the message is longer than ${maxBytes} bytes`);
}

const ID = String.raw`"id"\s*:\s*(-?\d{1,15}|"[\w.:/ -]{0,256}")`;
const PLAIN_MEMBER = String.raw`"(?:jsonrpc|method)"\s*:\s*"[\w./-]{0,128}"`;
const ID_AT_HEAD = new RegExp(`^(?:\\xef\\xbb\\xbf)?\\s*\\{\\s*(?:${PLAIN_MEMBER}\\s*,\\s*){0,2}${ID}\\s*[,}]`);
const ID_AT_TAIL = new RegExp(`,\\s*${ID}\\s*(?:,\\s*${PLAIN_MEMBER}\\s*){0,2}\\}\\s*$`);

/** The message or batch in these bytes. */
export function sieve(bytes: Uint8Array): Sieved {
  const { text, exact } = decodeUtf8(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse(null, PARSE_ERROR, exact ? 'Parse error: the message is not JSON' : `Parse error: ${NOT_UTF8}`);
  }
  const exactId = (): unknown => {
    try {
      const again: unknown = parseJson(text);
      return isObject(again) ? again['id'] : null;
    } catch {
      return null; // nested deeper than the exact parser goes
    }
  };
  if (!Array.isArray(value)) return sieveOne(value, exact, exactId);
  if (value.length === 0) return refuse(null, INVALID_REQUEST, 'Invalid request: the batch is empty');
  if (value.length > MAX_BATCH) {
    return refuse(null, INVALID_REQUEST, `Invalid request: the batch has more than ${MAX_BATCH} messages`);
  }
  return { kind: 'batch', members: value.map((member) => sieveOne(member, exact, () => null)) };
}

/** `exactId` reads an id again that a double cannot hold. */
function sieveOne(value: unknown, exact: boolean, exactId: () => unknown) {
  if (!isObject(value)) return refuse(null, INVALID_REQUEST, 'Invalid request: a message is an object');
  if (!Object.hasOwn(value, 'method') && (Object.hasOwn(value, 'result') || Object.hasOwn(value, 'error'))) {
    return sieveAnswer(value, exact);
  }
  const problem = problemOf(value);
  const id = idToEcho(value, exactId);
  if (problem === undefined && exact) return passed(value);
  if (!Object.hasOwn(value, 'id') && typeof value['method'] === 'string') {
    return ignored(problem ?? 'not UTF-8');
  }
  if (problem !== undefined) return refuse(id, INVALID_REQUEST, `Invalid request: ${problem}`);
  // Whatever else of it could be read wrongly, the arguments of a call are refused in the shape of a result.
  if (!isDamaged(withoutArguments(value))) return passed(setAside(value, { problem: NOT_UTF8 }));
  return refuse(isDamaged(id) ? null : id, PARSE_ERROR, `Parse error: ${NOT_UTF8}`);
}

function passed(value: Record<string, unknown>) {
  const params = value['params'];
  const isCall = value['method'] === 'tools/call' && isObject(params) && Object.hasOwn(params, 'arguments');
  const isOdd = isCall && !isObject(params['arguments']);
  const message = isOdd ? setAside(value, { value: params['arguments'] }) : value;
  return { kind: 'message' as const, message: message as JSONRPCMessage }; // checked by `problemOf`
}

/** What keeps the library from reading a request or notification; undefined where nothing does. */
function problemOf(value: Record<string, unknown>): string | undefined {
  const { jsonrpc, method, params, id } = value;
  if (jsonrpc !== '2.0') return 'jsonrpc must be "2.0"';
  if (typeof method !== 'string') return 'method must be a text';
  if (Object.hasOwn(value, 'id') && typeof id !== 'string' && !Number.isSafeInteger(id)) {
    return 'id must be a text or a whole number up to 2^53';
  }
  if (Object.hasOwn(value, 'params') && !isObject(params)) return 'params must be an object, or left out';
  return isReadable(value) ? undefined : 'it is not a message of JSON-RPC 2.0 as MCP has it';
}

/** An answer that cannot be read still ends the waiting for it: as an error. */
function sieveAnswer(value: Record<string, unknown>, exact: boolean) {
  const message = exact ? value : errorReply(value['id'], PARSE_ERROR, NOT_UTF8);
  return isReadable(message)
    ? { kind: 'message' as const, message: message as JSONRPCMessage } // just checked
    : ignored('an answer that is not one');
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

/** Whether the character that stands for undecodable bytes is in it. */
function isDamaged(value: unknown): boolean {
  try {
    return JSON.stringify(value)?.includes('\ufffd') ?? false;
  } catch {
    return true; // nested too deep to look through
  }
}

function refuse(id: unknown, code: number, message: string) {
  return { kind: 'reply' as const, reply: errorReply(id, code, message) };
}

function ignored(why: string) {
  return { kind: 'ignored' as const, why };
}
