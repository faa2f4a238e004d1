import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Between node:http and the web's Request and Response. Our own few lines, because every answer passes the same place:
 * several `set-cookie` lines stay several, our headers are added, and the signal ends with the client's patience.
 */

/** The body, or undefined when it is larger than allowed; then nothing more of it is read. */
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

/** `body` is left out for whoever takes the bytes as they are: a Request makes a stream of them. */
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
  const carries = method !== 'GET' && method !== 'HEAD' && body !== undefined && body.length > 0;
  return new Request(url, { method, headers, signal, ...(carries && { body }) });
}

/** Ends when the client goes away before the answer was complete. */
export function clientSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort(new Error('the client went away'));
  });
  return controller.signal;
}

/** Sends an answer, streams included; resolves once it is complete or the client has gone. */
export async function send(
  answer: Response,
  response: ServerResponse,
  added: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) {
    await answer.body?.cancel().catch(() => {});
    return;
  }
  const headers: Record<string, string | string[]> = { ...added };
  for (const [name, value] of answer.headers) if (name !== 'set-cookie') headers[name] = value;
  const cookies = answer.headers.getSetCookie();
  if (cookies.length > 0) headers['set-cookie'] = cookies;
  if (!answer.body) {
    // RFC 9110 section 8.6: these two have no length.
    const length = [204, 304].includes(answer.status) ? {} : { 'content-length': 0 };
    return void response.writeHead(answer.status, { ...headers, ...length }).end();
  }
  if (headers['content-type'] !== 'text/event-stream') {
    // What does not trickle in leaves in one piece.
    const whole = new Uint8Array(await answer.arrayBuffer());
    return void response.writeHead(answer.status, { ...headers, 'content-length': whole.length }).end(whole);
  }
  response.writeHead(answer.status, headers);
  response.flushHeaders();
  const reader = answer.body.getReader();
  signal.addEventListener('abort', () => void reader.cancel().catch(() => {}), { once: true });
  for (;;) {
    const { done, value } = await reader.read();
    if (done || signal.aborted) break;
    if (!response.write(value)) await once(response, 'drain', { signal }).catch(() => {});
  }
  response.end();
}
