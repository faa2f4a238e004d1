import { createApp } from '../../src/app.ts';
import { readSettings } from '../../src/config/load.ts';
import { newChangeId } from '../../src/lib/uuid7.ts';
import type { BatchCall } from '../../src/update/batch/types.ts';
import { updateMany } from '../../src/update/batch/update-many.ts';
import { parseRequest } from '../../src/update/request/parse.ts';
import { argumentsSchema } from '../../src/update/request/schema.ts';

/**
 * Changes many people in a process of its own, by a bare client or by the product, and prints how long it took and the
 * most memory it had. What it takes to start is not counted: both have sent a request before.
 */

/** As many requests at the same time as a connection takes by default. */
const CONCURRENCY = 5;

const vendor = process.env['BENCH_VENDOR'] ?? '';
const people = Array.from({ length: Number(process.env['BENCH_PEOPLE']) }, (_, nth) => `person-${nth}`);
// The people keep what an earlier process set.
const set = { position: `Engineer ${Date.now()}` };

const { prepare } = process.env['BENCH_CLIENT'] === 'bare' ? await bare() : ours();
const run = await prepare();
const began = performance.now();
await run();
const ms = performance.now() - began;
process.stdout.write(JSON.stringify({ ms, rssMb: process.resourceUsage().maxRSS / 1024 }));
process.exit();

interface Client {
  prepare(): Promise<() => Promise<void>>;
}

/** The same requests as the product makes, three reads and a write a person, with undici alone. */
async function bare(): Promise<Client> {
  const { Pool } = await import('undici');
  const pool = new Pool(vendor, { connections: CONCURRENCY });
  const headers = { accept: 'application/json', authorization: 'Bearer bench' };
  const read = async (id: string) => {
    const { body } = await pool.request({ method: 'GET', path: `/users/${id}`, headers });
    return (await body.json()) as Record<string, unknown>;
  };
  const change = async (id: string) => {
    await read(id);
    const { id: _, ...before } = await read(id);
    const written = { ...headers, 'content-type': 'application/json' };
    const request = {
      method: 'PUT',
      path: `/users/${id}`,
      headers: written,
      body: JSON.stringify({ ...before, ...set }),
    } as const;
    await (await pool.request(request)).body.text();
    if ((await read(id))['position'] !== set.position) throw new Error(`${id} was not changed`);
  };
  return {
    async prepare() {
      await read('person-of-many');
      return async () => {
        const next = people.values();
        const work = async () => {
          for (const id of next) await change(id);
        };
        await Promise.all(Array.from({ length: CONCURRENCY }, work));
      };
    },
  };
}

function ours(): Client {
  return {
    async prepare() {
      const app = createApp(await readSettings(process.env, process.env['UPDATE_USER_CONFIG']));
      const ports = await app.ports();
      const [connection] = app.settings.connections;
      if (!connection) throw new Error('no connection');
      const within = { at: performance.now() + 10_000 };
      await ports.records.read(connection, 'person-of-many', within);
      const { provider } = connection;
      const options = { allowSecretInput: false };
      const schema = argumentsSchema(provider, options);
      const parse = (user_id: string) => parseRequest('update_users', provider, schema, options, { user_id, set });
      return async () => {
        const call: BatchCall = {
          id: newChangeId(),
          tool: 'update_users',
          caller: { principal: 'local' },
          changes: people.map((id) => ({ connection, request: parse(id) })),
          allOrNothing: false,
          dryRun: false,
          canAsk: false,
          isKept: true,
        };
        const reply = await updateMany(call, ports);
        const isDone = reply.kind === 'batch' && reply.counts.updated === people.length;
        if (!isDone) throw new Error(`not all were changed: ${JSON.stringify(reply).slice(0, 300)}`);
        await app.shutdown();
      };
    },
  };
}
