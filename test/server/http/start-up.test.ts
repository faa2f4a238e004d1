import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { startHttp } from '../../../src/server/http/server.ts';
import { startHttpProgram } from '../../support/http/program.ts';
import { connectTo } from '../../support/http/server.ts';
import { ALLOW_ALL, settingsFrom } from '../../support/pipeline/pipeline.ts';
import { type StdioServer, startStdioServer } from '../../support/program/stdio-server.ts';
import { holdNext } from '../../support/vendors/hold.ts';

vi.setConfig({ testTimeout: 120_000 }); // they start programs

/** Nothing listens on this port. */
const NOWHERE = 'postgres://team:hunter2@127.0.0.1:1/team';
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

let server: StdioServer;
beforeAll(async () => {
  server = await startStdioServer({ config: { policy: ALLOW_ALL } });
});
afterAll(() => server.stop());

async function start(env: Record<string, string> = {}) {
  const program = await startHttpProgram({ ...server.env, ...env });
  onTestFinished(() => void program.process.kill('SIGKILL'));
  return program;
}

describe('while the database cannot be reached', () => {
  it.each(SIGNALS)('says once what it waits for, does not listen, and ends with 0 at %s', async (signal) => {
    let said = '';
    const program = await startHttpProgram({ ...server.env, UPDATE_USER_STORE: NOWHERE }, [], (text, child) => {
      said = text;
      if (text.includes('waiting for the store')) child.kill(signal);
    });
    expect([await program.exit, program.url]).toEqual([0, '']);
    const lines = said.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({
        level: 40,
        msg: 'waiting for the store',
        problem: expect.stringContaining('The store postgres://127.0.0.1:1/team cannot be reached'),
        reason: 'ECONNREFUSED',
        seconds: 60,
      }),
    ]);
  });

  it('gives up after its time, with the cause, and not as a mistake of usage', async () => {
    const settings = settingsFrom({}, { ...server.env, UPDATE_USER_STORE: NOWHERE, UPDATE_USER_LOG: 'silent' });
    const starting = startHttp(settings, { host: '127.0.0.1', port: 0, startUpMs: 100 });
    const error: unknown = await starting.catch((thrown: unknown) => thrown);
    expect(error).not.toBeInstanceOf(UsageError);
    expect(String(error)).toContain('cannot be reached. Check that PostgreSQL runs there');
    expect(String(error)).not.toContain('hunter2');
  });
});

it.each([
  ['SIGTERM', 'SIGINT', 'jane'],
  ['SIGINT', 'SIGTERM', 'john'],
] as const)('after %s, %s ends it at once, whatever is in flight', async (first, second, person) => {
  const program = await start();
  const agent = await connectTo(`${program.url}/mcp`, 'v2-modern');
  const { arrived, release } = holdNext(server.sandbox.vendors.atlassian, 'PUT');
  onTestFinished(release);
  const user_id = idOf('atlassian', person);
  const cut = agent.call('atlassian_update_user', { user_id, set: { title: 'Boss' } }).catch(() => 'cut off');
  await arrived;
  program.process.kill(first);
  const isReady = () =>
    fetch(`${program.url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  await expect.poll(isReady, { timeout: 20_000 }).toBe(false); // it is stopping by then
  program.process.kill(second);
  await program.exit;
  expect(program.process.signalCode).toBe(second);
  expect(await cut).toBe('cut off');
});
