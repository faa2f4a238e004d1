import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { VendorRequest, VendorResponse } from '../define-vendor.ts';
import { type JsonValue, parseJson } from '../json.ts';
import type { Fault } from '../types.ts';
import { editAtVendor, encodeReply, type LiveVendor, respond, respondWithoutKeeping, userOfPath } from '../vendor.ts';
import { control } from './control.ts';
import { takeFault } from './faults.ts';
import { echoText, gzipBomb } from './leak.ts';
import { overLimit } from './over-limit.ts';

const MAX_BODY = 4 * 1024 * 1024;
const MAX_REQUESTS = 10_000;

/** Creates an HTTP server, not yet listening, that serves each vendor under its path prefix. */
export function createHttpServer(vendors: readonly LiveVendor[]): Server {
  const server = createServer((request, response) => {
    handle(vendors, request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 30_000;
  return server;
}

async function handle(
  vendors: readonly LiveVendor[],
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const rawBody = await readBody(incoming);
  if (rawBody === undefined) return send(response, { status: 413, headers: { connection: 'close' } });
  const target = incoming.url ?? '/';
  const [, prefix = ''] = /^\/([^/?]*)/.exec(target) ?? [];
  const request = toRequest(incoming, prefix, target.slice(prefix.length + 1), rawBody);
  if (prefix === '_sandbox') return send(response, control(vendors, request));
  const vendor = vendors.find(({ id }) => id === prefix);
  if (!vendor) {
    return send(response, { status: 404, body: { error: 'No such vendor', vendors: vendors.map(({ id }) => id) } });
  }

  const { method, path, headers, body, at } = request;
  vendor.requests.push({ method, path, headers, body, rawBody, at });
  if (vendor.requests.length > MAX_REQUESTS) vendor.requests.shift();
  const limited = overLimit(vendor, at);
  if (limited) return send(response, limited);
  const fault = takeFault(vendor, request);
  if (fault) return applyFault(fault, vendor, request, response);
  return send(response, respond(vendor, request));
}

async function applyFault(
  fault: Fault,
  vendor: LiveVendor,
  request: VendorRequest,
  response: ServerResponse,
): Promise<void> {
  if (fault.delayMs !== undefined && fault.kind !== 'delay-after')
    await sleep(fault.delayMs, undefined, { ref: false });
  switch (fault.kind) {
    case 'status':
      return sendStatus(fault, vendor, response);
    case 'reset-before':
      return void response.destroy();
    case 'reset-after':
      respond(vendor, request);
      return void response.destroy();
    case 'hang':
      return;
    case 'hang-after':
      respond(vendor, request);
      return;
    case 'delay':
      return send(response, respond(vendor, request));
    case 'delay-after': {
      const reply = respond(vendor, request);
      await sleep(fault.delayMs ?? 0, undefined, { ref: false });
      return send(response, reply);
    }
    case 'redirect':
      return send(response, { status: 302, headers: { location: fault.location } });
    case 'gzip-bomb':
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      return void response.end(gzipBomb());
    case 'echo':
      return send(response, vendor.definition.error(400, echoText(request)));
    case 'ignore':
      return send(response, respondWithoutKeeping(vendor, request));
    case 'foreign-write': {
      const id = userOfPath(vendor, request.path);
      if (id !== undefined) editAtVendor(vendor, id, fault.patch);
      return send(response, respond(vendor, request));
    }
    case 'run':
      await fault.run(vendor, request);
      return send(response, respond(vendor, request));
  }
}

/** A string is sent as it is (HTML, truncated JSON); everything else as JSON. */
function sendStatus(fault: Fault & { kind: 'status' }, vendor: LiveVendor, response: ServerResponse): void {
  const { status, body, headers } = fault;
  if (typeof body === 'string') {
    const type = body.trimStart().startsWith('<') ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8';
    response.writeHead(status, { 'content-type': type, ...headers });
    response.end(body);
    return;
  }
  const own: VendorResponse = status >= 400 ? vendor.definition.error(status, 'Fault of the sandbox') : { status };
  const reply = body === undefined ? own : { status, body };
  send(response, { ...reply, headers: { ...reply.headers, ...headers } });
}

function send(response: ServerResponse, reply: VendorResponse): void {
  if (response.destroyed) return;
  const { headers, text } = encodeReply(reply);
  const length = reply.status === 204 || reply.status === 304 ? {} : { 'content-length': Buffer.byteLength(text) };
  response.writeHead(reply.status, { ...headers, ...length });
  response.end(text);
}

function toRequest(incoming: IncomingMessage, prefix: string, path: string, rawBody: string): VendorRequest {
  const url = new URL(path === '' || path.startsWith('?') ? `/${path}` : path, 'http://sandbox.invalid');
  return {
    method: incoming.method ?? 'GET',
    path,
    headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])),
    body: parseBody(rawBody),
    rawBody,
    at: Date.now(),
    pathname: url.pathname,
    query: url.searchParams,
    baseUrl: `http://${incoming.headers.host ?? '127.0.0.1'}/${prefix}`,
  };
}

function parseBody(text: string): JsonValue | undefined {
  try {
    return text === '' ? undefined : parseJson(text);
  } catch {
    return undefined;
  }
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    // A request without setEncoding yields Buffers.
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > MAX_BODY) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
