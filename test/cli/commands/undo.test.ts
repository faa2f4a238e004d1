import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { addPeople, applyJson, fileIn, positions, runJson } from '../../support/program/apply.ts';
import { runProgram } from '../../support/program/run-program.ts';
import { type StdioServer, startStdioServer } from '../../support/program/stdio-server.ts';
import { holdNext } from '../../support/vendors/hold.ts';

/** `undo` of a batch, with the built program. */

const COUNT = 12;

let server: StdioServer;
let env: Record<string, string>;
beforeAll(async () => {
  server = await startStdioServer({ config: { policy: { rules: [{ field: 'awork.position', decision: 'allow' }] } } });
  env = { ...server.env, UPDATE_USER_LOG: 'error' };
});
afterAll(() => server.stop());

async function madeBatch(): Promise<{ id: string; ids: string[] }> {
  const { awork } = server.sandbox.vendors;
  onTestFinished(() => awork.reset());
  const ids = addPeople(server.sandbox, COUNT);
  const made = await applyJson(env, [fileIn(server, 'many.csv', positions(ids)), '--provider', 'awork']);
  expect(made.last?.counts).toEqual({ updated: COUNT });
  awork.requests.length = 0;
  return { id: made.last?.batch_id ?? '', ids };
}

const writes = () => server.sandbox.vendors.awork.requests.filter(({ method }) => method === 'PUT');
const positionsOf = (ids: readonly string[]) =>
  new Set(ids.map((id) => server.sandbox.vendors.awork.users.get(id)?.['position']));

it('shows with --dry-run what it would put back, newest first, and sends nothing', async () => {
  const { id, ids } = await madeBatch();
  const start = id.slice(0, 18); // the first characters do, as for a change
  const text = await runProgram(['undo', start, '--dry-run'], env);
  expect(text).toMatchObject({ code: 0, stderr: '' });
  expect(text.stdout).toContain(`Plan: ${COUNT} to change. Nothing was asked or sent.`);
  expect(text.stdout.match(/position: "Lead" → "Engineer"/g)).toHaveLength(COUNT);
  const { last } = await runJson(env, ['undo', start, '--dry-run']);
  expect(last).toMatchObject({ outcome: 'preview', counts: { preview: COUNT } });
  const several = await runProgram(['undo', id.slice(0, 4)], env);
  expect(several).toMatchObject({ code: 2, stderr: expect.stringContaining('matches more than one change or batch') });
  expect([...positionsOf(ids)]).toEqual(['Lead']);
  expect(writes()).toEqual([]);
});

describe('an undo that is stopped', () => {
  it('by SIGTERM finishes the write in flight, and goes on with --resume', async () => {
    const { id, ids } = await madeBatch();
    const held = holdNext(server.sandbox.vendors.awork, 'PUT');
    const stopped = await runJson(env, ['undo', id], async (child) => {
      await held.arrived;
      child.kill('SIGTERM');
      await new Promise((resolve) => child.stderr?.once('data', resolve));
      held.release();
    });
    expect(stopped.code).toBe(143);
    const { updated = 0, failed = 0 } = stopped.last?.counts ?? {};
    expect([updated > 0, failed > 0, updated + failed]).toEqual([true, true, COUNT]);
    expect(writes()).toHaveLength(updated);
    expect([...positionsOf(ids)].sort()).toEqual(['Engineer', 'Lead']);

    const undo = stopped.last?.batch_id ?? '';
    expect(stopped.stderr).toContain(`apply --resume ${undo}`);
    const resumed = await applyJson(env, ['--resume', undo]);
    expect(resumed).toMatchObject({ code: 0, last: { batch_id: undo, counts: { updated: COUNT } } });
    expect([...positionsOf(ids)]).toEqual(['Engineer']);
    expect(writes()).toHaveLength(COUNT);
    const again = await runJson(env, ['undo', id]);
    expect(again.last?.counts).toEqual({ unchanged: COUNT });
  });

  it('by kill -9 goes on with --resume too, and writes nobody twice', async () => {
    const { id, ids } = await madeBatch();
    const held = holdNext(server.sandbox.vendors.awork, 'PUT');
    let undo = '';
    const killed = await runJson(env, ['undo', id], async (child) => {
      child.stderr?.on('data', (chunk: Buffer) => (undo ||= /Batch (\S+)/.exec(chunk.toString())?.[1] ?? ''));
      await held.arrived;
      child.kill('SIGKILL');
    });
    expect(killed.code).toBeNull();
    held.release();
    const resumed = await applyJson(env, ['--resume', undo]);
    expect(resumed).toMatchObject({ code: 0, last: { batch_id: undo, counts: { updated: COUNT } } });
    expect([...positionsOf(ids)]).toEqual(['Engineer']);
    expect(new Set(writes().map(({ path }) => path)).size).toBe(COUNT);
    expect(writes()).toHaveLength(COUNT);
  });
});
