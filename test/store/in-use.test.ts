import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openPostgresStore } from '../../src/store/postgres/store.ts';
import { createProcessId } from '../../src/store/process-id.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { runProgram } from '../support/program/run-program.ts';
import { startStdioServer } from '../support/program/stdio-server.ts';
import { copyOldFile, loadOldSchema, OLD_KEY, OLD_ROWS } from '../support/store/old-stores.ts';
import { findServer } from '../support/store/postgres.ts';
import { entry } from '../support/store/samples.ts';

/** A server of an earlier version that still has the store open. */

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 }); // commands of an earlier version are waited for

const server = await findServer('the tests of a PostgreSQL store that an earlier version uses');
afterAll(() => server?.stop());

async function oldFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'old-store-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'state', 'changes.db');
  await copyOldFile(file);
  return file;
}

/** Holds the file as the earlier version does: in a process of its own, with a connection that does nothing. */
async function holdFile(file: string): Promise<{ pid: number; letGo(): Promise<void> }> {
  const script = `
    import { createRequire } from 'node:module';
    const [major, minor, patch] = (process.versions.sqlite ?? '0.0.0').split('.').map(Number);
    const isNew = major * 1e6 + minor * 1e3 + patch >= 3051003;
    const { DatabaseSync } = createRequire(process.argv[2])(isNew ? 'node:sqlite' : '@photostructure/sqlite');
    const db = new DatabaseSync(process.argv[1]);
    db.exec('PRAGMA journal_mode = WAL');
    const head = db.prepare('SELECT seq FROM head');
    process.stdout.write(String(head.get().seq));
    setInterval(() => head.get(), 1000);`;
  const args = ['--input-type=module', '-e', script, file, import.meta.filename];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const letGo = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill();
    await once(child, 'exit');
  };
  onTestFinished(letGo);
  await once(child.stdout, 'data');
  return { pid: child.pid ?? 0, letGo };
}

describe('a file', () => {
  it('is not touched while an earlier version has it open, and says which process', async () => {
    const file = await oldFile();
    const { pid, letGo } = await holdFile(file);
    const opening = openSqliteStore(file, createProcessId());
    await expect(opening).rejects.toThrow(/in use by an earlier version .*Nothing was changed\. Stop every server/);
    if (process.platform === 'linux') await expect(opening).rejects.toThrow(`(process ${pid})`);
    await letGo();
    const store = await openSqliteStore(file, createProcessId());
    expect((await store.head()).seq).toBe(OLD_ROWS);
    await store.stop();
  });

  it('waits for a command of the earlier version, which ends by itself', async () => {
    const file = await oldFile();
    const { letGo } = await holdFile(file);
    const opening = openSqliteStore(file, createProcessId());
    await letGo();
    await (await opening).stop();
  });

  it('is shared by as many servers of this version as there are', async () => {
    const file = await oldFile();
    const stores = await Promise.all(Array.from({ length: 4 }, () => openSqliteStore(file, createProcessId())));
    await Promise.all(stores.map((store, i) => store.attempt(entry(`c${i}`))));
    const late = await openSqliteStore(file, createProcessId());
    expect((await late.head()).seq).toBe(OLD_ROWS + 4);
    await Promise.all([late, ...stores].map((store) => store.stop()));
  });

  it('stops the start of a server, on stdio and over HTTP', async () => {
    const file = await oldFile();
    await holdFile(file);
    const server = await startStdioServer({
      env: { UPDATE_USER_STORE: file, UPDATE_USER_KEY: Buffer.from(OLD_KEY).toString('base64') },
    });
    onTestFinished(() => server.stop());
    const stdio = spawn(process.execPath, [join(import.meta.dirname, '../../dist/main.js')], {
      env: server.env,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let said = '';
    stdio.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [[code], http] = await Promise.all([once(stdio, 'exit'), runProgram(['http', '--port', '0'], server.env)]);
    expect([code, said]).toEqual([2, expect.stringContaining('in use by an earlier version')]);
    expect(http).toMatchObject({ code: 2, stderr: expect.stringContaining('in use by an earlier version') });
  });
});

describe.skipIf(!server)('a PostgreSQL schema', () => {
  const url = server?.url ?? '';

  it('is not touched while an earlier version is connected to it', async () => {
    const { schema, sql, drop } = await loadOldSchema(url);
    onTestFinished(drop);
    const earlier = postgres(url, { max: 1, onnotice: () => {}, connection: { application_name: 'update-user-mcp' } });
    await earlier`SELECT 1`;
    const open = () => openPostgresStore(url, createProcessId(), { schema });
    await expect(open()).rejects.toThrow(/in use by an earlier version .*Nothing was changed/);
    expect(await sql`SELECT version FROM format`).toEqual([{ version: 1 }]);
    await earlier.end();

    const stores = await Promise.all([open(), open()]);
    await stores[0].attempt(entry('c1'));
    await (await open()).stop();
    // One that was not noticed cannot write: it names `writers` in every transaction.
    await expect(sql`SELECT batch FROM writers`).rejects.toThrow('does not exist');
    await Promise.all(stores.map((store) => store.stop()));
  });
});
