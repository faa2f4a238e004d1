import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { connectRawStdio, helloMessage, INITIALIZED } from '../support/json-rpc/stdio.ts';
import { PROGRAM, type StdioServer, startStdioServer } from '../support/program/stdio-server.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 }); // they start programs

/** Their output is larger than a pipe holds, 64 KiB on Linux. */
const ENTRIES = 400;

let server: StdioServer;
beforeAll(async () => {
  server = await startStdioServer();
  const wire = await connectRawStdio(server.env);
  const ids = Array.from({ length: ENTRIES }, (_, at) =>
    wire.post('awork_update_user', { user_id: `not-an-id-${at}` }),
  );
  await Promise.all(ids.map((id) => wire.answerTo(id)));
  await wire.close();
});
afterAll(() => server.stop());

function start(...args: string[]) {
  const child = spawn(process.execPath, [PROGRAM, ...args], { env: server.env, stdio: ['ignore', 'pipe', 'pipe'] });
  return {
    child,
    stderr: text(child.stderr).catch(() => ''),
    ended: once(child, 'exit') as Promise<[code: number | null]>,
  };
}

/** Reads through a pipe of the system, which holds 64 KiB, with a reader that starts late. */
async function readSlowly(args: readonly string[], input = ''): Promise<string> {
  const command = `"$0" "$@" | { sleep 1; cat; }`;
  const child = spawn('sh', ['-c', command, process.execPath, PROGRAM, ...args], {
    env: server.env,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.end(input);
  return await text(child.stdout);
}

describe('output into a pipe that is read slowly', () => {
  it('is complete: changes list', async () => {
    const output = await readSlowly(['changes', 'list', '--limit', '500', '--json']);
    expect(output.length).toBeGreaterThan(65_536);
    expect(JSON.parse(output)).toHaveLength(ENTRIES);
  });

  it('is complete: changes export as events', async () => {
    const output = await readSlowly(['changes', 'export', '--format', 'ocsf']);
    expect(output.length).toBeGreaterThan(65_536);
    expect(output.trimEnd().split('\n')).toHaveLength(ENTRIES);
  });

  it('is complete: changes export', async () => {
    const output = await readSlowly(['changes', 'export']);
    expect(output.length).toBeGreaterThan(65_536);
    expect(output.trimEnd().split('\n')).toHaveLength(ENTRIES);
  });
});

it('responses over stdio are complete in a pipe that is read slowly', async () => {
  const ids = Array.from({ length: 60 }, (_, at) => at);
  const lists = ids.map((id) => ({ jsonrpc: '2.0', id, method: 'tools/list' }));
  const lines = [helloMessage('by-hand', false), INITIALIZED, ...lists].map((message) => JSON.stringify(message));
  const output = await readSlowly([], lines.join('\n'));
  const answered = output
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { id: unknown }).id);
  expect(answered).toEqual(['hello', ...ids]);
});

describe('a reader that goes away', () => {
  it.each([['changes', 'list', '--limit', '500', '--json'], ['changes', 'export'], ['--help']])(
    'ends the command quietly: %s %s',
    async (...args) => {
      const { child, stderr, ended } = start(...args);
      child.stdout.destroy();
      expect(await ended).toEqual([0, null]);
      expect(await stderr).toBe('');
    },
  );

  it('does not change the exit status', async () => {
    const { child, ended } = start('changes', 'list', '--outcome', 'nonsense');
    child.stdout.destroy();
    child.stderr.destroy();
    expect(await ended).toEqual([2, null]);
  });

  it('ends a stdio server without a crash', async () => {
    const child = spawn(process.execPath, [PROGRAM], { env: server.env, stdio: 'pipe' });
    const stderr = text(child.stderr);
    child.stdin.on('error', () => {});
    child.stdout.destroy();
    child.stdin.write('{"jsonrpc":"2.0","id":1,"method":"ping"}\n');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await stderr).not.toMatch(/EPIPE|at .*js:\d/);
  });
});
