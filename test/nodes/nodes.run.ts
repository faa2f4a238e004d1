import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { idOf } from '../../src/sandbox/people.ts';
import { VERSIONS } from '../support/program/node-versions.ts';
import { connectAgent } from '../support/program/stdio-server.ts';
import { ROOT } from '../support/sources/read.ts';
import { createUser, type User } from './user.ts';

/**
 * `npm run test:nodes`: the packed package, installed into an empty folder and used with `npx`, on each version of Node
 * that it promises to run on. Prints one row per version. `npm run test:nodes -- -t 'Node 24'` runs one;
 * `NODES_FOLDER=path` keeps what comes from npm (about 1 GB) there for the next run.
 */

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
const DRIVER = '@photostructure/sqlite';

const kept = process.env['NODES_FOLDER'];
const downloads = kept ?? mkdtempSync(join(tmpdir(), 'update-user-nodes-'));
const rows: Record<string, string | number>[] = [];
let tarball = '';
let sandbox: Sandbox;

beforeAll(async () => {
  mkdirSync(downloads, { recursive: true });
  sandbox = await startSandbox();
  const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', downloads], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  tarball = join(downloads, packed.trim());
});
afterAll(async () => {
  console.table(rows);
  await sandbox.close();
  if (kept === undefined) rmSync(downloads, { recursive: true, force: true });
});

describe.each(VERSIONS)('Node %s', (wanted) => {
  let user: User;
  const row: Record<string, string | number> = {};

  beforeAll(async () => {
    user = await createUser(downloads, wanted);
    Object.assign(row, { node: user.node, npm: user.npm, SQLite: user.sqlite ?? 'none' });
    rows.push(row);
  });
  afterAll(() => rmSync(user.folder, { recursive: true, force: true }));

  it('installs one package', async () => {
    const { code, stderr } = await user.runNpm('install', tarball);
    expect({ code, packages: user.packages() }, stderr).toEqual({ code: 0, packages: ['update-user-mcp'] });
    row['packages'] = user.packages().length;
  });

  it.each([
    ['--version', version],
    ['--help', 'Usage: update-user-mcp'],
  ])('answers %s', async (option, says) => {
    const { code, stdout, stderr } = await user.runNpx([option]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(says);
  });

  it('lists its tools to a client, and writes no warning of Node', async () => {
    const agent = await connectAgent('v2-modern', { env: environment(), command: user.npx() });
    onTestFinished(() => agent.close());
    const names = (await agent.tools()).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['find_user', 'awork_update_user', 'list_changes']));
    expect(agent.log()).not.toMatch(/warning/i);
    row['tools'] = names.length;
  });

  it('plays the demo', async () => {
    const { code, stdout, stderr } = await user.runNpx(['demo']);
    expect({ code, stderr }, stdout.slice(-2000)).toEqual({ code: 0, stderr: '' });
    row['demo'] = /(\d+ of \d+) checks passed/.exec(stdout)?.[1] ?? 'none';
    expect(row['demo']).toMatch(/^(\d+) of \1$/);
  });

  it('serves HTTP until SIGTERM, which ends it with 0', async () => {
    const program = join(user.folder, 'node_modules', '.bin', 'update-user-mcp');
    const child = spawn(program, ['http', '--port', '0'], {
      env: environment({ UPDATE_USER_STORE: 'memory', UPDATE_USER_LOG: 'info' }),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const ended = once(child, 'close');
    const port = await new Promise<string>((resolve) => {
      let text = '';
      child.stderr.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        const found = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.[1];
        if (found) resolve(found);
      });
      void ended.then(() => resolve(text));
    });
    expect(port).toMatch(/^\d+$/);
    expect(await user.runNpx(['healthcheck', '--port', port])).toMatchObject({ code: 0, stderr: '' });
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    row['http'] = 'ends with 0';
  });

  it('finds with doctor what works', async () => {
    const memory = { UPDATE_USER_STORE: 'memory' };
    expect(await user.runNpx(['doctor'], { ...sandbox.env, ...memory })).toMatchObject({ code: 0, stderr: '' });
    const unconnected = await user.runNpx(['doctor'], memory);
    expect(unconnected).toMatchObject({ code: 1, stdout: expect.stringContaining('No provider is connected') });
    row['doctor'] = 'works';
  });

  it('keeps changes in a file, on an older SQLite with the driver beside it', async () => {
    const position = `Engineer on ${wanted}`;
    const change = { user_id: idOf('awork', 'jane'), set: { position } };
    row['file'] = 'works';
    if (!hasNewSqlite(user)) {
      const doctor = await user.runNpx(['doctor'], sandbox.env);
      expect(doctor).toMatchObject({ code: 1, stdout: expect.stringContaining(DRIVER) });
      expect((await callOnce(change)).text).toContain(DRIVER);
      const added = await user.runNpm('install', `${DRIVER}@1`);
      expect(added.code, added.stderr).toBe(0);
      row['file'] = 'works with the driver';
    }
    expect(await user.runNpx(['doctor'], sandbox.env)).toMatchObject({ code: 0, stderr: '' });
    const { is, log } = await callOnce(change);
    expect(is).toMatchObject({ outcome: 'updated' });
    expect(log).not.toMatch(/warning/i);
    const { stdout } = await user.runNpx(['changes', 'list', '--json'], sandbox.env);
    expect(stdout).toContain(position);
  });

  /** Sets what a client would set. The store is a file unless `more` says otherwise. */
  function environment(more: Record<string, string> = {}): Record<string, string> {
    return { ...user.env, ...sandbox.env, ...more };
  }

  async function callOnce(change: Record<string, unknown>) {
    const agent = await connectAgent('v2-modern', { env: environment(), command: user.npx() });
    try {
      return { ...(await agent.call('awork_update_user', change)), log: agent.log() };
    } finally {
      await agent.close();
    }
  }
});

function hasNewSqlite({ sqlite = '0' }: User): boolean {
  const [major = 0, minor = 0, patch = 0] = sqlite.split('.').map(Number);
  return major * 1_000_000 + minor * 1000 + patch >= 3_051_003;
}
