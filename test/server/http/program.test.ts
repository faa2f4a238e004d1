import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { createProcessId } from '../../../src/store/process-id.ts';
import { openSqliteStore } from '../../../src/store/sqlite/store.ts';
import { type HttpProgram, startHttpProgram } from '../../support/http/program.ts';
import { connectTo, type HttpAgent, tokenEntry } from '../../support/http/server.ts';
import { ALLOW_ALL, putsAt } from '../../support/pipeline/pipeline.ts';
import { type StdioServer, startStdioServer, yes } from '../../support/program/stdio-server.ts';
import { holdNext, makeMoment } from '../../support/vendors/hold.ts';

vi.setConfig({ testTimeout: 120_000 });

let server: StdioServer;
const started: HttpProgram[] = [];
const agents: HttpAgent[] = [];
beforeAll(async () => {
  server = await startStdioServer({ config: { policy: ALLOW_ALL } });
});
afterEach(async () => {
  await Promise.allSettled(agents.splice(0).map((agent) => agent.close()));
  for (const program of started.splice(0)) program.process.kill('SIGKILL');
  server.sandbox.vendors.atlassian.reset();
});
afterAll(() => server.stop());

const jane = idOf('atlassian', 'jane');
const change = { user_id: jane, set: { title: 'Boss' } };
const start = async (args: string[] = [], env: Record<string, string> = {}) => {
  const program = await startHttpProgram({ ...server.env, ...env }, args);
  started.push(program);
  return program;
};
const connect = async (...[url, kind, options]: Parameters<typeof connectTo>) => {
  const agent = await connectTo(`${url}/mcp`, kind, options);
  agents.push(agent);
  return agent;
};
/** The newest entry of the audit log, once it is closed. */
const newest = async () => {
  const store = await openSqliteStore(server.storePath, createProcessId());
  for (;;) {
    const [entry] = await store.list({ limit: 1 });
    if (entry && !entry.open) {
      await store.stop();
      return entry;
    }
    await sleep(20);
  }
};
const isReady = async ({ url }: HttpProgram) =>
  await fetch(`${url}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );
const callsEnded = async ({ url }: HttpProgram) => {
  const text = await (await fetch(`${url}/metrics`)).text();
  return text.match(/^update_user_call_seconds_count\{tool="atlassian_update_user".*$/gm) ?? [];
};
const junk = (dir: string, name: string) => {
  const path = join(dir, name);
  writeFileSync(path, 'neither a key nor a database, whatever one makes of it', { mode: 0o600 });
  return path;
};
const keyOfJunk = (dir: string) => {
  junk(dir, 'changes.db.key');
  return { UPDATE_USER_STORE: join(dir, 'changes.db') };
};

describe('the command', () => {
  it.each(['0.0.0.0', '::', '192.0.2.1', 'example.com'])('does not bind %s without auth', async (host) => {
    const program = await start(['--host', host]);
    expect(await program.exit).toBe(2);
    expect(program.stderr()).toContain('without http.auth');
    expect(program.url).toBe('');
  });

  it('binds any address if callers authenticate', async () => {
    const config = join(server.dir, 'auth.json');
    writeFileSync(config, JSON.stringify({ http: { auth: { tokens: [tokenEntry('one', 'token-one')] } } }));
    const program = await start(['--host', '0.0.0.0', '--config', config]);
    const { port } = new URL(program.url);
    expect((await fetch(`http://127.0.0.1:${port}/mcp`, { method: 'POST' })).status).toBe(401);
    const said = /"level":40.*name others in http\.publicUrl or http\.allowedHosts/;
    await expect.poll(() => program.stderr(), { timeout: 20_000 }).toMatch(said);
  });

  it.each([
    ['loopback alone', '127.0.0.1', {}],
    ['a public URL', '0.0.0.0', { publicUrl: 'https://users.example.com' }],
    ['hosts', '0.0.0.0', { allowedHosts: ['users.example.com'] }],
  ])('does not warn about hosts when it serves %s', async (_what, host, http) => {
    const config = join(server.dir, 'hosts.json');
    const auth = { tokens: [tokenEntry('one', 'token-one')] };
    writeFileSync(config, JSON.stringify({ http: { auth, ...http } }));
    const program = await start(['--host', host, '--config', config]);
    program.process.kill('SIGTERM');
    expect(await program.exit).toBe(0);
    expect(program.stderr()).not.toContain('"level":40');
  });

  it.each([
    [['--port', 'abc'], '--port'],
    [['--port', '70000'], '--port'],
    [['--bind', 'x'], '--bind'],
  ])('rejects %j', async (args, what) => {
    const program = await start(args);
    expect(await program.exit).toBe(2);
    expect(program.stderr()).toContain(what);
  });

  it('reports that a port is taken', async () => {
    const { url } = await start();
    const second = await start(['--port', new URL(url).port]);
    expect(await second.exit).toBe(2);
    expect(second.stderr()).toContain('EADDRINUSE');
  });

  it.each([
    ['a folder for a store', (dir: string) => ({ UPDATE_USER_STORE: dir }), /UPDATE_USER_STORE: .* is a folder/],
    ['a store in no folder', () => ({ UPDATE_USER_STORE: '/dev/null/changes.db' }), /UPDATE_USER_STORE: The store/],
    [
      'a file that is not a database',
      (dir: string) => ({ UPDATE_USER_STORE: junk(dir, 'changes.db') }),
      /not a SQLite/,
    ],
    ['a key file without a key', keyOfJunk, /UPDATE_USER_KEY: The key file .* holds no key/],
  ])('does not listen with %s', async (_name, envOf, message) => {
    const program = await start([], envOf(mkdtempSync(join(server.dir, 'unusable-'))));
    expect(await program.exit).toBe(2);
    expect(program.stderr()).toMatch(message);
    expect(program.stderr().trim().split('\n')).toHaveLength(1);
    expect(program.url).toBe('');
  });

  it('warns of a key that other instances do not use, and serves nevertheless', async () => {
    const agent = await connect((await start()).url, 'v2-modern');
    await agent.call('atlassian_update_user', change);
    for (const [key, told] of [
      ['', false],
      ['e'.repeat(64), true],
    ] as const) {
      const program = await start([], { UPDATE_USER_KEY: key });
      const tells = () => program.stderr().includes('was sealed with another key');
      await expect.poll(tells, { timeout: 20_000 }).toBe(told);
      expect((await fetch(`${program.url}/readyz`)).status).toBe(200);
    }
  });

  it('serves and stops', async () => {
    const program = await start();
    const agent = await connect(program.url, 'v2-modern');
    expect((await agent.call('atlassian_update_user', change)).is).toMatchObject({ outcome: 'updated' });
    program.process.kill('SIGTERM');
    expect(await program.exit).toBe(0);
    expect(program.stderr()).not.toContain('"level":50');
  });
});

describe.each(['v2-modern', 'v2-legacy', 'v1-form'] as const)('%s: a write in flight', (kind) => {
  it('is drained when the server stops: finished, recorded and responded to', async () => {
    const program = await start();
    const agent = await connect(program.url, kind);
    const { arrived, release } = holdNext(server.sandbox.vendors.atlassian, 'PUT');
    const pending = agent.call('atlassian_update_user', change);
    await arrived;
    program.process.kill('SIGTERM');
    await expect.poll(() => isReady(program), { timeout: 20_000 }).toBe(false); // it is stopping by then
    release();
    expect((await pending).is).toMatchObject({ outcome: 'updated' });
    expect(await program.exit).toBe(0);
    const entry = await newest();
    expect(entry).toMatchObject({ kind: 'closed', outcome: 'updated', userId: jane, open: false });
  });

  it('is finished when the client disconnects', async () => {
    const program = await start();
    const agent = await connect(program.url, kind);
    const { arrived, release } = holdNext(server.sandbox.vendors.atlassian, 'PUT');
    const gone = agent.call('atlassian_update_user', change).catch(() => 'gone');
    await arrived;
    await agent.close();
    expect(await gone).toBe('gone');
    await sleep(300); // for the server to see it
    release();
    const entry = await newest();
    expect(entry).toMatchObject({ kind: 'closed', outcome: 'updated', userId: jane, open: false });
    expect(server.sandbox.vendors.atlassian.users.get(jane)?.['title']).toBe('Boss');
  });

  it('is not started when the client disconnects before', async () => {
    const program = await start();
    const agent = await connect(program.url, kind);
    const { arrived, release } = holdNext(server.sandbox.vendors.atlassian, 'GET');
    const gone = agent.call('atlassian_update_user', change).catch(() => 'gone');
    await arrived;
    await agent.close();
    expect(await gone).toBe('gone');
    await expect.poll(() => callsEnded(program), { timeout: 20_000 }).toHaveLength(1);
    release();
    await sleep(300);
    expect(putsAt(server.sandbox, 'atlassian')).toHaveLength(0);
  });
});

it('does not wait for an answer when it stops', async () => {
  const config = join(server.dir, 'asks.json');
  writeFileSync(config, '{}');
  const program = await start(['--config', config]);
  const question = makeMoment();
  const agent = await connect(program.url, 'v1-form', {
    onQuestion: async (form) => {
      question.tell();
      await sleep(60_000, undefined, { ref: false });
      return yes(form);
    },
  });
  const pending = agent.call('atlassian_update_user', change);
  await question.come;
  const before = performance.now();
  program.process.kill('SIGTERM');
  expect((await pending).is).toMatchObject({ outcome: 'failed', code: 'confirmation_unavailable' });
  expect(await program.exit).toBe(0);
  expect(performance.now() - before).toBeLessThan(15_000);
  expect(putsAt(server.sandbox, 'atlassian')).toHaveLength(0);
});
