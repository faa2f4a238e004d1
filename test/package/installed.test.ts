import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { providers } from '../../src/providers/index.ts';
import { hasDriver } from '../../src/store/sqlite/driver.ts';
import { runNode } from '../support/program/run-program.ts';
import { connectAgent } from '../support/program/stdio-server.ts';
import { ROOT } from '../support/sources/read.ts';
import { useSandbox } from '../support/vendors/sandbox.ts';
import { addDriver, packagesIn, useInstallation } from './installation.ts';

/** The packed program in an empty folder, where none of our `node_modules` can be found. */

const installation = useInstallation();
const vendors = useSandbox();
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
const memory = { UPDATE_USER_STORE: 'memory' };

it('is one package, without an install script', () => {
  const { folder } = installation;
  expect(packagesIn(folder)).toEqual(['update-user-mcp']);
  expect(existsSync(join(folder, 'node_modules', 'update-user-mcp', 'node_modules'))).toBe(false);
  const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as { packages: object };
  expect(Object.keys(lock.packages)).toEqual(['', 'node_modules/update-user-mcp']);
  expect(JSON.stringify(lock)).not.toContain('hasInstallScript');
});

it('runs with npx', async () => {
  const { code, stdout, stderr } = await installation.npm('exec', '--', 'update-user-mcp', '--version');
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

it('runs from its bundle alone, wherever that is copied', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'update-user-bundle-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(installation.folder, 'node_modules', 'update-user-mcp', 'dist'), join(folder, 'dist'), {
    recursive: true,
  });
  cpSync(join(installation.folder, 'node_modules', 'update-user-mcp', 'package.json'), join(folder, 'package.json'));
  // A line of the log too: its writer is loaded apart from the rest.
  const args = [join(folder, 'dist', 'main.js'), 'doctor', '--json'];
  const ran = await runNode(args, { ...installation.env, ...vendors.sandbox.env, ...memory, UPDATE_USER_LOG: 'debug' });
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  expect(JSON.parse(ran.stdout)).toMatchObject({ ok: true });
});

it('lists its tools to a client and makes a call', async () => {
  const command = { command: join(installation.folder, 'node_modules', '.bin', 'update-user-mcp'), args: [] };
  const env = { ...installation.env, ...vendors.sandbox.env, ...memory, UPDATE_USER_LOG: 'debug' };
  const agent = await connectAgent('v2-modern', { env, command });
  onTestFinished(() => agent.close());
  const names = (await agent.tools()).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['find_user', 'awork_update_user', 'list_changes']));
  const { is } = await agent.call('find_user', { query: 'jane.doe@acme.example' });
  expect(is['users']).toHaveLength(providers.length);
  // Lines of the log are JSON; a warning of Node is not.
  await expect.poll(() => agent.log(), { timeout: 10_000 }).toMatch(/\n$/);
  const lines = agent.log().trim().split('\n');
  expect(lines.filter((line) => !line.startsWith('{"level":'))).toEqual([]);
});

it('serves HTTP with metrics, and SIGTERM ends it with 0', async () => {
  const child = spawn(join(installation.folder, 'node_modules', '.bin', 'update-user-mcp'), ['http', '--port', '0'], {
    env: { ...installation.env, ...vendors.sandbox.env, ...memory },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'close');
  const url = await new Promise<string | undefined>((resolve) => {
    let text = '';
    child.stderr.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const found = /listening on (http:\/\/127\.0\.0\.1:\d+)\/mcp/.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
    void ended.then(() => resolve(undefined));
  });
  expect(await (await fetch(`${url}/metrics`)).text()).toContain('process_cpu_seconds_total');
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

it('plays the demo, with its store in memory where no SQLite is', async () => {
  const { code, stdout, stderr } = await installation.run(['demo']);
  expect({ code, stderr }, stdout.slice(-3000)).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/\b(\d+) of \1 checks passed/);
  expect(stdout.includes('kept in memory')).toBe(!(await hasBuiltIn()));
});

describe('a store in a file', () => {
  it.each(['doctor', 'changes list', 'approvals list'])('works or says what is missing: %s', async (line) => {
    const { code, stdout, stderr } = await installation.run(line.split(' '), vendors.sandbox.env);
    const expected = (await hasBuiltIn()) ? { code: 0, isMissing: false } : { code: 1, isMissing: true };
    // The words are wrapped to the width of a terminal.
    const words = `${stdout}${stderr}`.replaceAll(/\s+/g, ' ');
    const isMissing = /needs SQLite 3\.51\.3 or later: .* "npm i @photostructure\/sqlite@1" .* UPDATE_USER_STORE/.test(
      words,
    );
    expect({ code, isMissing }, words).toEqual(expected);
  });

  it('works or says what is missing: a call over stdio', async () => {
    const command = { command: join(installation.folder, 'node_modules', '.bin', 'update-user-mcp'), args: [] };
    const agent = await connectAgent('v2-modern', { env: { ...installation.env, ...vendors.sandbox.env }, command });
    onTestFinished(() => agent.close());
    const { isError, text } = await agent.call('list_changes', {});
    expect({ isError, isMissing: text.includes('"npm i @photostructure/sqlite@1"') }, text).toEqual(
      (await hasBuiltIn()) ? { isError: false, isMissing: false } : { isError: true, isMissing: true },
    );
  });

  it.each(['beside it', 'globally'])('works with the driver installed %s', async (where) => {
    const prefix = mkdtempSync(join(tmpdir(), 'update-user-driver-'));
    onTestFinished(() => rmSync(prefix, { recursive: true, force: true }));
    const place = where === 'globally' ? ['--global'] : [];
    await installation.npm(
      'install',
      ...place,
      '--prefix',
      prefix,
      join(installation.folder, installation.packed.filename),
    );
    const modules = where === 'globally' ? join(prefix, 'lib', 'node_modules') : join(prefix, 'node_modules');
    addDriver(modules);
    const program = join(modules, 'update-user-mcp', 'dist', 'main.js');
    const ran = await runNode([program, 'doctor'], { ...installation.env, ...vendors.sandbox.env });
    expect(ran.code, ran.stdout).toBe(0);
  });
});

/** Whether Node itself has what a store in a file needs. */
function hasBuiltIn(): Promise<boolean> {
  return hasDriver({
    builtInVersion: process.versions['sqlite'],
    loadBuiltIn: () => process.getBuiltinModule('node:sqlite'),
    loadPackage: async () => {
      throw new Error('not here');
    },
  });
}
