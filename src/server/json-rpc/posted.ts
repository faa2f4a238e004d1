import type { JSONRPCMessage } from '@modelcontextprotocol/server';
import { stringifyJson } from '../../lib/json/json.ts';
import { isObject } from '../../lib/json/json-value.ts';
import { type ErrorReply, errorReply, INVALID_REQUEST, sieve } from './filter.ts';

/** What a POST holds. */
export interface Posted {
  /** What the protocol library is given, one message or a batch; undefined where nothing of it can be read. */
  body?: JSONRPCMessage | JSONRPCMessage[];
  /** Answers to requests the library is not given. */
  replies: ErrorReply[];
}

export const NOTHING: Posted = { replies: [] };

export function messagesIn(bytes: Uint8Array): Posted {
  const sieved = sieve(bytes);
  if (sieved.kind === 'message') return { body: sieved.message, replies: [] };
  if (sieved.kind === 'reply') return { replies: [sieved.reply] };
  if (sieved.kind === 'ignored') return NOTHING;
  const body: JSONRPCMessage[] = [];
  const replies: ErrorReply[] = [];
  const ids = new Set<unknown>();
  for (const member of sieved.members) {
    if (member.kind === 'reply') replies.push(member.reply);
    if (member.kind !== 'message') continue;
    const { message } = member;
    const id = 'method' in message && 'id' in message ? message.id : undefined;
    if (id !== undefined && ids.has(id)) {
      replies.push(errorReply(id, INVALID_REQUEST, 'Invalid request: another request has this id'));
    } else body.push(message);
    ids.add(id);
  }
  return body.length > 0 ? { body, replies } : { replies };
}

/** The answer to a POST of which nothing can be read. */
export function refuseMessages(replies: readonly ErrorReply[]): Response {
  const [first = errorReply(null, INVALID_REQUEST, 'Invalid request'), ...others] = replies;
  return json(400, others.length > 0 ? replies : first);
}

/**
 * The library's answer, made whole: a refusal of the POST names the ids of its requests, and the replies to those that
 * the library was not given come along.
 */
export async function answerEach(answer: Response, body: unknown, replies: readonly ErrorReply[]): Promise<Response> {
  const kind = answer.headers.get('content-type') ?? '';
  if (answer.status >= 400 && kind.startsWith('application/json')) return await refuseEach(answer, body, replies);
  if (replies.length === 0) return answer;
  if (answer.body === null || !kind.startsWith('text/event-stream')) return json(200, replies);
  const first = replies.map((reply) => `event: message\ndata: ${stringifyJson(reply)}\n\n`).join('');
  return new Response(behind(first, answer.body), { status: answer.status, headers: answer.headers });
}

async function refuseEach(answer: Response, body: unknown, replies: readonly ErrorReply[]): Promise<Response> {
  const refusal: unknown = await answer.json();
  const ids = [body].flat().flatMap((one) => (isObject(one) && 'method' in one && 'id' in one ? [one['id']] : []));
  const isSilent = isObject(refusal) && isObject(refusal['error']) && (refusal['id'] ?? null) === null;
  const each = isSilent && ids.length > 0 ? ids.map((id) => ({ ...refusal, id })) : [refusal];
  const whole = Array.isArray(body) ? [...each, ...replies] : each[0];
  const headers = new Headers(answer.headers);
  headers.delete('content-length');
  return json(answer.status, whole, headers);
}

function json(status: number, value: unknown, headers = new Headers()): Response {
  headers.set('content-type', 'application/json');
  return new Response(stringifyJson(value), { status, headers });
}

/** A stream with a text in front of it. */
function behind(text: string, stream: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode(text)),
  });
  // Either end going away ends the other, which both notice by themselves.
  stream.pipeTo(writable).catch(() => {});
  return readable;
}
