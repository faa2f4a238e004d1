import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JsonResponse } from './router.ts';

/**
 * Between node:http and the web's Request and Response. Our own few lines, because every response passes here: several
 * `set-cookie` headers stay separate, our headers are added, and the signal is aborted when the client disconnects.
 */

/** The body. Undefined when it is larger than allowed; the rest is not read then. */
export async function readBody(message: IncomingMessage, maxBytes: number): Promise<Uint8Array | undefined> {
  if (Number(message.headers['content-length'] ?? 0) > maxBytes) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  const data: AsyncIterable<Buffer> = message.iterator({ destroyOnReturn: false });
  for await (const chunk of data) {
    size += chunk.length;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** Omit `body` if the bytes are read separately: a Request turns them into a stream. */
export function toRequest(
  message: IncomingMessage,
  url: string,
  body: Uint8Array | undefined,
  signal: AbortSignal,
): Request {
  const headers = new Headers();
  for (let index = 0; index + 1 < message.rawHeaders.length; index += 2) {
    headers.append(message.rawHeaders[index] ?? '', message.rawHeaders[index + 1] ?? '');
  }
  const method = message.method ?? 'GET';
  const hasBody = method !== 'GET' && method !== 'HEAD' && body !== undefined && body.length > 0;
  return new Request(url, { method, headers, signal, ...(hasBody && { body }) });
}

/** Aborted when the client disconnects before the response is complete. */
export function clientSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort(new Error('the client disconnected'));
  });
  return controller.signal;
}

/** Sends JSON in one piece. */
export function sendJson(
  { status, json }: JsonResponse,
  response: ServerResponse,
  added: Readonly<Record<string, string>>,
): void {
  const own = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) };
  response.writeHead(status, { ...added, ...own }).end(json);
}

/** Sends a response, streams included. Resolves when it is complete or the client has disconnected. */
export async function sendResponse(
  source: Response,
  response: ServerResponse,
  added: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) {
    await source.body?.cancel().catch(() => {});
    return;
  }
  const headers: Record<string, string | string[]> = { ...added };
  for (const [name, value] of source.headers) if (name !== 'set-cookie') headers[name] = value;
  const cookies = source.headers.getSetCookie();
  if (cookies.length > 0) headers['set-cookie'] = cookies;
  if (!source.body) {
    // RFC 9110 section 8.6: these two have no length.
    const length = [204, 304].includes(source.status) ? {} : { 'content-length': 0 };
    return void response.writeHead(source.status, { ...headers, ...length }).end();
  }
  if (headers['content-type'] !== 'text/event-stream') {
    // Everything but an event stream is sent in one piece.
    const whole = new Uint8Array(await source.arrayBuffer());
    return void response.writeHead(source.status, { ...headers, 'content-length': whole.length }).end(whole);
  }
  response.writeHead(source.status, headers);
  response.flushHeaders();
  const reader = source.body.getReader();
  signal.addEventListener('abort', () => void reader.cancel().catch(() => {}), { once: true });
  for (;;) {
    const { done, value } = await reader.read();
    if (done || signal.aborted) break;
    if (!response.write(value)) await once(response, 'drain', { signal }).catch(() => {});
  }
  response.end();
}
