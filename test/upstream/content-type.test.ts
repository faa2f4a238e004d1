import { expect, it } from 'vitest';
import { startDeadline } from '../../src/lib/async/deadline.ts';
import type { RecordWrite } from '../../src/providers/calls.ts';
import type { Connection } from '../../src/update/types.ts';
import { createRecords } from '../../src/upstream/records.ts';
import { json, startOrigin } from '../support/vendors/origin.ts';
import { plainConnection } from '../support/vendors/plain-provider.ts';

const SCIM = 'application/scim+json';
const JSON_TYPE = 'application/json';

/** A service that takes these content types, and the content types it got. */
async function setUp(taken: readonly string[], more: Partial<RecordWrite> = {}) {
  const got: (string | undefined)[] = [];
  const { url } = await startOrigin((request, response) => {
    got.push(request.headers['content-type']);
    json(response, taken.includes(request.headers['content-type'] ?? '') ? 200 : 415, { id: '1' });
  });
  const write: RecordWrite = { path: '/users/{userId}', method: 'PATCH', encoding: 'merge', ...more };
  const records = createRecords({ requestMs: 20_000, responseBytes: 10_000, attempts: 1, concurrentWrites: 5 });
  const connection = plainConnection(url);
  const send = (to: Connection = connection, isCurrent = async () => true) =>
    records.write(to, { userId: '1', write, body: { a: 1 } }, { within: startDeadline(20_000), isCurrent });
  return { send, got, connection };
}

it('sends the declared content type, application/json if there is none', async () => {
  const plain = await setUp([JSON_TYPE]);
  await plain.send();
  const scim = await setUp([SCIM], { contentType: SCIM, contentTypeAfter415: JSON_TYPE });
  expect(await scim.send()).toMatchObject({ kind: 'accepted' });
  expect([plain.got, scim.got]).toEqual([[JSON_TYPE], [SCIM]]);
});

it('answers a 415 once with the other content type, and remembers it for the connection', async () => {
  const { send, got, connection } = await setUp([JSON_TYPE], { contentType: SCIM, contentTypeAfter415: JSON_TYPE });
  expect(await send()).toMatchObject({ kind: 'accepted' });
  expect(await send()).toMatchObject({ kind: 'accepted' });
  await send({ ...connection, name: 'other' });
  expect(got).toEqual([SCIM, JSON_TYPE, JSON_TYPE, SCIM, JSON_TYPE]);
});

it('remembers it also where application/json is the first one', async () => {
  const { send, got } = await setUp([SCIM], { contentTypeAfter415: SCIM });
  await send();
  await send();
  expect(got).toEqual([JSON_TYPE, SCIM, SCIM]);
});

it('ends when both are refused, and begins anew with the next write', async () => {
  const { send, got } = await setUp([], { contentType: SCIM, contentTypeAfter415: JSON_TYPE });
  expect(await send()).toMatchObject({ kind: 'rejected', error: { code: 'upstream_rejected' } });
  await send();
  expect(got).toEqual([SCIM, JSON_TYPE, SCIM, JSON_TYPE]);
});

it('is not answered where no other content type is declared', async () => {
  const { send, got } = await setUp([JSON_TYPE], { contentType: SCIM });
  expect(await send()).toMatchObject({ kind: 'rejected' });
  expect(got).toEqual([SCIM]);
});

it('sends no second write if the record changed meanwhile', async () => {
  const { send, got } = await setUp([JSON_TYPE], { contentType: SCIM, contentTypeAfter415: JSON_TYPE });
  expect(await send(undefined, async () => false)).toEqual({ kind: 'moved' });
  expect(got).toEqual([SCIM]);
});

it('answers each of several writes at the same time', async () => {
  const { send, got } = await setUp([JSON_TYPE], { contentType: SCIM, contentTypeAfter415: JSON_TYPE });
  const written = await Promise.all([send(), send(), send()]);
  expect(written.map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'accepted']);
  expect(got.filter((type) => type === JSON_TYPE)).toHaveLength(3);
});

it('does not send again the content type that was refused', async () => {
  const { send, got } = await setUp([SCIM], { contentType: JSON_TYPE, contentTypeAfter415: JSON_TYPE });
  expect(await send()).toMatchObject({ kind: 'rejected' });
  expect(got).toEqual([JSON_TYPE]);
});
