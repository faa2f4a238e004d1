import { expect, it } from 'vitest';
import { startDeadline } from '../../src/lib/async/deadline.ts';
import { createRecords } from '../../src/upstream/records.ts';
import { settingsFrom } from '../support/pipeline/pipeline.ts';
import { startOrigin } from '../support/vendors/origin.ts';

const SAYS_PATCH = '{"patch":{"supported":true},"etag":{"supported":false}}';

/** Reads a user of a directory that describes itself so. */
async function readFrom(answers: readonly (readonly [status: number, body: string])[], more: object = {}) {
  const { url, seen } = await startOrigin((request, response) => {
    const asked = seen.filter((one) => one.includes('ServiceProviderConfig')).length;
    const [status, body] = request.url?.includes('ServiceProviderConfig')
      ? (answers[asked - 1] ?? [404, '{}'])
      : request.url?.includes('Schemas')
        ? ([404, '{}'] as const)
        : ([200, '{"id":"1","userName":"jane"}'] as const);
    response.writeHead(status, { 'content-type': 'application/scim+json' }).end(body);
  });
  const { connections } = settingsFrom({
    connections: { directory: { provider: 'scim', baseUrl: url, token: 'abc', ...more } },
  });
  const [connection] = connections;
  if (!connection) throw new Error('no connection');
  const records = createRecords({ requestMs: 20_000, responseBytes: 10_000, attempts: 1, concurrentWrites: 5 });
  return { read: () => records.read(connection, '1', startDeadline(20_000)), seen };
}

it.each([404, 403, 501])('takes a %i as a service that offers only PUT', async (status) => {
  const { read } = await readFrom([[status, '{}']]);
  expect((await read()).service).toMatchObject({ patch: false, etag: false });
});

it.each([
  ['fails', 500, '{}'],
  ['rejects the credential', 401, '{}'],
  ['is a page', 200, '<html>'],
  ['is empty', 204, ''],
  ['is a text', 200, '"ok"'],
  ['is null', 200, 'null'],
  ['is a list', 200, '[]'],
  ['is another object', 200, '{"status":"ok"}'],
  ['says it in no clear way', 200, '{"patch":{"supported":"yes"}}'],
])('guesses nothing from an answer that %s, and asks again', async (_what, status, body) => {
  const { read } = await readFrom([
    [status, body],
    [200, SAYS_PATCH],
  ]);
  await expect(read()).rejects.toMatchObject({ code: 'upstream_unavailable' });
  expect((await read()).service).toMatchObject({ patch: true });
});

it('needs no word about PATCH where the connection says how to update', async () => {
  const { read } = await readFrom([[200, '{"status":"ok"}']], { update: 'put' });
  await expect(read()).resolves.toMatchObject({ record: { userName: 'jane' } });
});
