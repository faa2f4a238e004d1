import { expect, it } from 'vitest';
import { startDeadline } from '../../../src/lib/async/deadline.ts';
import { exchange } from '../../../src/upstream/http/transport.ts';
import { createRecords } from '../../../src/upstream/records.ts';
import { json, startOrigin } from '../../support/vendors/origin.ts';
import { plainConnection } from '../../support/vendors/plain-provider.ts';

it.each([
  ['header', { 'x-a': 'a\r\nx-b: c' }, '/'],
  ['header', { 'x-a': '💣' }, '/'],
  ['path', {}, '/a b'],
  ['path', {}, '/\r\n'],
])('a %s that cannot be sent keeps no connection: %j %j', async (_what, headers, path) => {
  const { url, seen } = await startOrigin((_request, response) => json(response, 200, {}));
  const send = (more: object) =>
    exchange({ method: 'GET', origin: url, path: '/', headers: {}, timeoutMs: 20_000, maxBytes: 1000, ...more });
  for (let nth = 0; nth < 40; nth++) {
    await expect(send({ headers, path })).rejects.toMatchObject({ problem: 'unreachable', sent: false });
  }
  expect(await send({})).toMatchObject({ status: 200 });
  expect(seen).toEqual(['GET /']);
});

it.each([
  ['W/"1"', { etag: 'W/"1"' }],
  ['a\r\nx: 1', {}],
  ['v1 💣', {}],
])('the version %j of a record is sent only if a header can hold it', async (version, tag) => {
  const { url } = await startOrigin((_request, response) => json(response, 200, { id: '1', meta: { version } }));
  const write = { path: '/users/{userId}', method: 'PUT', encoding: 'merge', ifMatch: true } as const;
  const connection = plainConnection(url, { write, version: [['meta', 'version']] });
  const records = createRecords({ requestMs: 20_000, responseBytes: 1000, attempts: 1, concurrentWrites: 1 });
  const { etag } = await records.read(connection, '1', startDeadline(20_000));
  expect({ ...(etag !== undefined && { etag }) }).toEqual(tag);
});
