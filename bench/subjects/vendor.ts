import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';

/**
 * A stand-in for a vendor, in a process of its own: only as much HTTP as its clients need, directly on a socket, so that
 * it is never the bottleneck. Every requested user exists, and a PUT merges into the record. It also covers enough of
 * Keycloak for one update. Over IPC it reports the request count and takes the record size and the latency.
 */
const people = new Map<string, Record<string, unknown>>();
let requests = 0;
let padding: string[] = [];
let delayMs = 0;

process.on('message', (message: { padBytes?: number; delayMs?: number }) => {
  delayMs = message.delayMs ?? delayMs;
  if (message.padBytes !== undefined) {
    people.clear();
    padding = Array.from({ length: Math.floor(message.padBytes / 103) }, (_, at) => String(at).padEnd(100, 'x'));
  }
  process.send?.({ requests });
});

const server = createServer((socket) => {
  let held: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  socket.setNoDelay(true);
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    for (;;) {
      const end = held.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = held.toString('latin1', 0, end);
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
      if (held.length < end + 4 + length) return;
      const body = held.toString('utf8', end + 4, end + 4 + length);
      held = held.subarray(end + 4 + length);
      if (delayMs > 0) setTimeout(respond, delayMs, socket, head, body);
      else respond(socket, head, body);
    }
  });
});

function respond(socket: Socket, head: string, body: string): void {
  requests++;
  const [method = '', path = ''] = head.slice(0, head.indexOf('\r\n')).split(' ');
  const closing = /\r\nconnection: *close/i.test(head);
  const [status, reply] = route(method, path, body);
  const lines = [
    `HTTP/1.1 ${status}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(reply)}`,
    `connection: ${closing ? 'close' : 'keep-alive'}`,
  ];
  const text = `${lines.join('\r\n')}\r\n\r\n${reply}`;
  if (closing) socket.end(text);
  else socket.write(text);
}

function route(method: string, path: string, body: string): [status: string, reply: string] {
  if (path.endsWith('/protocol/openid-connect/token')) return ['200 OK', '{"access_token":"a.b.c","expires_in":60}'];
  const id = decodeURIComponent(path.slice(path.lastIndexOf('/') + 1));
  const record = people.get(id) ?? newPerson(id);
  people.set(id, record);
  if (method !== 'PUT') return ['200 OK', JSON.stringify(record)];
  Object.assign(record, JSON.parse(body));
  return path.startsWith('/admin/realms/') ? ['204 No Content', ''] : ['200 OK', JSON.stringify(record)];
}

function newPerson(id: string): Record<string, unknown> {
  return {
    id,
    firstName: 'Jane',
    lastName: 'Doe',
    birthDate: '1990-04-01T00:00:00Z',
    gender: 'female',
    title: 'Dr.',
    position: 'Engineer',
    language: 'en-gb',
    isArchived: false,
    userContactInfos: [{ type: 'email', value: 'jane.doe@acme.example' }],
    ...(padding.length > 0 && { tags: padding }),
  };
}

server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port, requests }));
process.once('disconnect', () => process.exit());
