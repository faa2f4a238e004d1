import { expect, it } from 'vitest';
import { find } from '../../src/find/find.ts';
import { startDeadline } from '../../src/lib/async/deadline.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { createRecords } from '../../src/upstream/records.ts';
import { createRunLookup } from '../../src/upstream/search.ts';
import { startPlainUpdate } from '../support/pipeline/plain-update.ts';
import { json, startOrigin } from '../support/vendors/origin.ts';
import { plainConnection, plainField } from '../support/vendors/plain-provider.ts';

const limits = { requestMs: 20_000, responseBytes: 100_000, attempts: 1, concurrentWrites: 1 };
const records = createRecords(limits);

/** A service that sends this text to every request. */
async function serving(text: string, more: Partial<Provider> = {}) {
  const { url, seen } = await startOrigin((_request, response) => response.end(text));
  return { connection: plainConnection(url, more), seen };
}

const nested: Partial<Provider> = {
  ids: ['uid', 'login'],
  readOnly: { uid: 'public' },
  readOnlyAt: { uid: ['meta', 'ids', 'uid'] },
  fields: { title: plainField(), login: plainField({ at: ['profile', 'login'] }) },
};

it.each(['u7', 'jane@acme.example'])('an id inside the record is its id: %s', async (userId) => {
  const text = '{"meta":{"ids":{"uid":"u7"}},"profile":{"login":"jane@acme.example","x":1}}';
  const { connection } = await serving(text, nested);
  const { id, record } = await records.read(connection, userId, startDeadline(20_000));
  expect(id).toBe('u7');
  expect(record).toEqual({ uid: 'u7', login: 'jane@acme.example', meta: { ids: {} }, profile: { x: 1 } });
});

it('a record with another id inside is refused', async () => {
  const { connection } = await serving('{"meta":{"ids":{"uid":"u8"}},"profile":{"login":"u7"},"uid":"u7"}', {
    ...nested,
    ids: ['uid'],
  });
  await expect(records.read(connection, 'u7', startDeadline(20_000))).rejects.toMatchObject({ code: 'not_found' });
});

it('a look-up finds a single record by the id inside it', async () => {
  const { connection } = await serving('{"meta":{"ids":{"uid":"u7"}},"profile":{"login":"jane"}}', {
    ...nested,
    find: [{ by: 'id', path: '/users/{query}', single: true }],
  });
  const ports = { records, lookup: createRunLookup(limits), deadlineMs: 20_000 };
  const { users } = await find([connection], 'jane', 20, ports, new AbortController().signal);
  expect(users.map(({ user_id }) => user_id)).toEqual(['u7']);
});

it.each([
  ['7', '7', '7'],
  ['007', '7', '7'],
  ['9007199254740993', '9007199254740993', '9007199254740993'],
  ['123456789012345678901234567890', '123456789012345678901234567890', '123456789012345678901234567890'],
])('the user_id %s fits the number %s', async (userId, number, id) => {
  const { connection } = await serving(`{"id":${number},"name":"Jane"}`);
  expect(await records.read(connection, userId, startDeadline(20_000))).toMatchObject({ id });
});

it.each(['9007199254740992', '9007199254740994', '7.0'])(
  'the user_id %s is not the number 9007199254740993',
  async (id) => {
    const { connection } = await serving('{"id":9007199254740993}');
    await expect(records.read(connection, id, startDeadline(20_000))).rejects.toMatchObject({ code: 'not_found' });
  },
);

it('a number that is an id goes back with the record digit by digit', async () => {
  const bodies: string[] = [];
  const record = '{"id":123456789012345678901,"manager":{"id":9007199254740993},"title":"Old","n":1.10}';
  const { createServer } = await import('node:http');
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += String(chunk);
    });
    request.on('end', () => {
      if (request.method === 'PUT') bodies.push(text);
      response.end(record.replace('Old', bodies.length > 0 ? 'CEO' : 'Old'));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const write = { path: '/users/{userId}', method: 'PUT', encoding: 'replace', carry: 'record' } as const;
  const { call } = await startPlainUpdate(plainConnection(`http://127.0.0.1:${port}`, { write }));
  expect(await call('123456789012345678901', { set: { title: 'CEO' } })).toMatchObject({ outcome: 'updated' });
  expect(bodies).toEqual(['{"id":123456789012345678901,"manager":{"id":9007199254740993},"title":"CEO","n":1.1}']);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

it.each<[string, Record<string, string>, unknown, string | undefined]>([
  ['where the body says nothing', { 'x-plain-error': 'The title is too long' }, {}, 'The title is too long'],
  ['in whatever case', { 'X-PLAIN-ERROR': 'Too long' }, undefined, 'Too long'],
  [
    'not where the body has a sentence',
    { 'x-plain-error': 'From the header' },
    { message: 'From the body' },
    'From the body',
  ],
  ['not if it is empty', { 'x-plain-error': '' }, {}, undefined],
])('the reason of an error is read from a header %s', async (_when, headers, body, said) => {
  const { url } = await startOrigin((request, response) =>
    request.method === 'GET'
      ? json(response, 200, { id: '1', name: 'Jane' })
      : json(response, 400, body ?? {}, headers),
  );
  const errors = { messages: [['message']], header: 'X-Plain-Error' };
  const { call } = await startPlainUpdate(plainConnection(url, { errors }));
  const { message } = await call('1', { set: { title: 'CEO' } });
  if (said === undefined) expect(message).not.toContain('quoted');
  else expect(message).toContain(`Plain said (quoted): “${said}”`);
});
