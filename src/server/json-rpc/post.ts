import type { JSONRPCMessage } from '@modelcontextprotocol/server';
import { stringifyJson } from '../../lib/json/json.ts';
import { isObject } from '../../lib/json/json-value.ts';
import { INVALID_REQUEST, parseMessages, type RpcError, rpcError } from './parse.ts';

/** The messages of a POST. */
export interface PostedMessages {
  /** The part for the SDK: one message or a batch. Undefined if nothing can be read. */
  body?: JSONRPCMessage | JSONRPCMessage[];
  /** Responses to requests that the SDK does not get. */
  errors: RpcError[];
}

export const NO_MESSAGES: PostedMessages = { errors: [] };

export function parsePost(bytes: Uint8Array): PostedMessages {
  const parsed = parseMessages(bytes);
  if (parsed.kind === 'message') return { body: parsed.message, errors: [] };
  if (parsed.kind === 'invalid') return { errors: [parsed.error] };
  if (parsed.kind === 'ignored') return NO_MESSAGES;
  const body: JSONRPCMessage[] = [];
  const errors: RpcError[] = [];
  const ids = new Set<unknown>();
  for (const member of parsed.members) {
    if (member.kind === 'invalid') errors.push(member.error);
    if (member.kind !== 'message') continue;
    const { message } = member;
    const id = 'method' in message && 'id' in message ? message.id : undefined;
    if (id !== undefined && ids.has(id)) {
      errors.push(rpcError(id, INVALID_REQUEST, 'Invalid request: another request has this id'));
    } else body.push(message);
    ids.add(id);
  }
  return body.length > 0 ? { body, errors } : { errors };
}

/** The response to a POST with no readable message. */
export function invalidPostResponse(errors: readonly RpcError[]): Response {
  const [first = rpcError(null, INVALID_REQUEST, 'Invalid request'), ...others] = errors;
  return json(400, others.length > 0 ? errors : first);
}

/**
 * Completes the response of the SDK, so that every request gets one: an error for the whole POST is repeated for each id,
 * and the errors of requests that the SDK did not get are added.
 */
export async function completeResponse(
  response: Response,
  body: unknown,
  errors: readonly RpcError[],
): Promise<Response> {
  const kind = response.headers.get('content-type') ?? '';
  if (response.status >= 400 && kind.startsWith('application/json')) return await repeatError(response, body, errors);
  if (errors.length === 0) return response;
  if (response.body === null || !kind.startsWith('text/event-stream')) return json(200, errors);
  const first = errors.map((one) => `event: message\ndata: ${stringifyJson(one)}\n\n`).join('');
  return new Response(prepend(first, response.body), { status: response.status, headers: response.headers });
}

async function repeatError(response: Response, body: unknown, errors: readonly RpcError[]): Promise<Response> {
  const error: unknown = await response.json();
  const ids = [body].flat().flatMap((one) => (isObject(one) && 'method' in one && 'id' in one ? [one['id']] : []));
  const hasNoId = isObject(error) && isObject(error['error']) && (error['id'] ?? null) === null;
  const each = hasNoId && ids.length > 0 ? ids.map((id) => ({ ...error, id })) : [error];
  const whole = Array.isArray(body) ? [...each, ...errors] : each[0];
  const headers = new Headers(response.headers);
  headers.delete('content-length');
  return json(response.status, whole, headers);
}

function json(status: number, value: unknown, headers = new Headers()): Response {
  headers.set('content-type', 'application/json');
  return new Response(stringifyJson(value), { status, headers });
}

/** A stream with a text in front of it. */
function prepend(text: string, stream: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode(text)),
  });
  // If either end closes, the other is closed too.
  stream.pipeTo(writable).catch(() => {});
  return readable;
}
