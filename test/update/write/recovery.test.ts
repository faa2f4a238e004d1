import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Json } from '../../../src/lib/json/json-value.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { recover } from '../../../src/update/write/recovery.ts';
import { createPipeline, type Pipeline } from '../../support/pipeline/pipeline.ts';

/** What an interrupted change is closed with, by what the record shows. */

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await createPipeline();
});
afterAll(() => pipeline.stop());

const jane = idOf('mediasilo', 'jane');

it.each([
  ['new value', 'b@acme.example', 'updated'],
  ['new value in lower case', 'B@acme.example', 'updated'],
  ['old value', 'c@acme.example', 'failed'],
  ['old value, though only its case was to change', 'A@acme.example', 'failed'],
])('with the %s', async (name, after, outcome) => {
  const held = pipeline.sandbox.vendors.mediasilo.users.get(jane);
  if (held) held['email'] = outcome === 'updated' ? 'b@acme.example' : 'a@acme.example';
  expect(await recovered(name, { field: 'email', before: 'a@acme.example', after })).toBe(outcome);
});

/** Opens an intent, abandons it, recovers it, and returns the recorded outcome. */
async function recovered(changeId: string, change: { field: string; before: Json; after: Json }) {
  const ports = await pipeline.app.ports();
  const connection = pipeline.app.settings.connections.find((one) => one.name === 'mediasilo');
  if (!connection) throw new Error('mediasilo is not connected');
  const person = { provider: 'mediasilo', connection: 'mediasilo', userId: jane };
  const body = { tool: 'mediasilo_update_user', caller: 'local', fields: [] };
  const image = {
    sealed: ports.seal.seal(changeId, { changes: [change], secrets: 0 }),
    expiresAt: Date.now() + 60_000,
  };
  const entry = { ...person, changeId, outcome: 'unverified', body };
  expect(await ports.store.open({ entry, since: await ports.store.lastSeq(person), beforeImage: image })).toMatchObject(
    {
      kind: 'opened',
    },
  );
  const [opened] = await ports.store.list({ changeId, limit: 1 });
  if (!opened) throw new Error('no open intent');
  // Long ago, so that nothing of it can still be on its way.
  await recover({ ...opened, at: '2026-01-01T00:00:00.000Z' }, connection, ports);
  return (await ports.store.list({ changeId, limit: 1 }))[0]?.outcome;
}
