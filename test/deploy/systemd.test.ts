import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { LONGEST_SHUTDOWN_MS } from '../../src/bounds.ts';
import { startHttpProgram } from '../support/http/program.ts';
import { connectTo } from '../support/http/server.ts';
import { runProgram } from '../support/program/run-program.ts';
import { PROGRAM } from '../support/program/stdio-server.ts';
import { systemdAnalyze } from '../support/program/system-tools.ts';
import { ROOT } from '../support/sources/read.ts';
import { readCommand, VARIABLES_KNOWN } from './program.ts';
import { secretFilesOf, writeSecrets } from './secrets.ts';

/** The unit, as systemd reads it, and the program in the surroundings that the unit gives it. */

vi.setConfig({ testTimeout: 120_000 }); // they start programs

const UNIT = 'deploy/systemd/update-user-mcp.service';
const text = readFileSync(join(ROOT, UNIT), 'utf8');
const config = readFileSync(join(ROOT, 'deploy/systemd/mcp.config.json'), 'utf8');
const CONFIG_PATH = '/etc/update-user-mcp/mcp.config.json';
const settings = (name: string) =>
  [...text.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value);
const setting = (name: string) => settings(name).at(-1) ?? '';
const command = setting('ExecStart').split(' ');

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'update-user-systemd-'));
  chmodSync(dir, 0o755);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** systemd-analyze, for the unit with the paths of this machine. */
function analyze(...args: string[]) {
  const unit = join(dir, basename(UNIT));
  writeFileSync(unit, text.replace(/^ExecStart=\S+ \S+/m, `ExecStart=${process.execPath} ${PROGRAM}`));
  return spawnSync(systemdAnalyze ?? '', [...args, unit], { encoding: 'utf8' });
}

it.skipIf(!systemdAnalyze)('systemd has nothing to say about the unit', () => {
  expect(analyze('verify')).toMatchObject({ status: 0, stdout: '', stderr: '' });
});

it.skipIf(!systemdAnalyze)('systemd counts its exposure as at most 2 of 10', () => {
  const { status, stdout } = analyze('security', '--offline=yes', '--threshold=20', '--no-pager');
  expect(stdout).toContain('Overall exposure level');
  expect(status, stdout).toBe(0);
});

it('the program knows its command, options and variables', () => {
  expect(readCommand(command)).toMatchObject({ name: 'http', values: { config: CONFIG_PATH } });
  const variables = settings('Environment').map((pair) => pair.split('=')[0]);
  expect(VARIABLES_KNOWN).toEqual(expect.arrayContaining(variables));
});

it('systemd waits for longer than the server takes to stop', () => {
  expect(setting('KillSignal')).toBe('SIGTERM');
  expect(Number(setting('TimeoutStopSec')) * 1000).toBeGreaterThan(LONGEST_SHUTDOWN_MS);
});

it('it loads every credential that the configuration reads, and no other', () => {
  const folder = `/run/credentials/${basename(UNIT)}`;
  const loaded = settings('LoadCredential').map((value) => value.split(':')[0]);
  expect(secretFilesOf(config)).toEqual(loaded.map((name) => `${folder}/${name}`).toSorted());
});

it.each([
  ['as files of mode 0400', 0o400],
  ['as files of mode 0440, as with access lists', 0o440],
])('the program serves with credentials %s, and approvers are added beside it', async (_, mode) => {
  const credentials = join(dir, 'credentials');
  const { file, token } = writeSecrets(config, { folder: credentials, mode, into: dir });
  // The folder of StateDirectory=, in the folder that `%S` stands for.
  mkdirSync(join(dir, 'state', setting('StateDirectory')), { recursive: true, mode: 0o700 });
  const variables = Object.fromEntries(
    settings('Environment').map((pair) => pair.replace('%S', join(dir, 'state')).split('=') as [string, string]),
  );
  const env = { PATH: process.env['PATH'] ?? '', CREDENTIALS_DIRECTORY: credentials, ...variables };
  const program = await startHttpProgram(env, ['--config', file]);
  onTestFinished(() => void program.process.kill('SIGKILL'));
  expect(program.stderr()).toContain('listening on');

  const agent = await connectTo(`${program.url}/mcp`, 'v2-modern', { token });
  expect((await agent.tools()).map(({ name }) => name)).toContain('atomicwork_update_user');
  await agent.close();
  const added = await runProgram(['approver', 'list', '--config', file], env);
  expect(added).toMatchObject({ code: 0, stderr: '' });

  program.process.kill('SIGTERM');
  expect(await program.exit).toBe(0);
  expect(readdirSync(join(dir, 'state', setting('StateDirectory')))).toContain('changes.db');
});
