import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createProcessId, isAlive } from '../../src/store/process-id.ts';
import { deadProcessId } from '../support/store/samples.ts';

const at = '2026-01-01T00:00:00.000Z';
const now = Date.parse(at);

it('is of the form host:pid:startTime:random, and another one each time', () => {
  expect(createProcessId()).toMatch(new RegExp(`^[^:]+:${process.pid}:[^:]+:[0-9a-f]{8}$`));
  expect(createProcessId()).not.toBe(createProcessId());
});

it('reports this process as alive, however old the intent', () => {
  expect(isAlive(createProcessId(), at, { now: now + 1e12 })).toBe(true);
});

it('distinguishes a process from an earlier one of the same PID', () => {
  expect(isAlive(deadProcessId(), at, { now })).toBe(false);
});

it.runIf(process.platform === 'linux')('watches another process: running, of another start time, killed', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(child, 'spawn');
  const id = toProcessId(child.pid ?? 0);
  expect(isAlive(id, at, { now: now + 1e12 })).toBe(true);
  expect(isAlive(id.replace(/\d(:[^:]*)$/, 'x$1'), at, { now })).toBe(false);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isAlive(id, at, { now })).toBe(false);
});

it.runIf(process.platform === 'linux')('reports a zombie as dead', async () => {
  // The shell becomes a `sleep` that never collects the child it was given.
  const parent = spawn('sh', ['-c', 'sleep 300 & echo $!; exec sleep 300']);
  const [output] = await once(parent.stdout, 'data');
  const pid = Number(String(output));
  const id = toProcessId(pid);
  expect(isAlive(id, at, { now })).toBe(true);
  const stat = (of: number | undefined) => readFileSync(`/proc/${of}/stat`, 'utf8');
  await expect.poll(() => stat(parent.pid), { timeout: 20_000 }).toContain('(sleep)');
  process.kill(pid);
  await expect.poll(() => stat(pid), { timeout: 20_000 }).toContain(') Z ');
  expect(isAlive(id, at, { now })).toBe(false);
  parent.kill('SIGKILL');
});

it('gives another host a lease', () => {
  const id = 'elsewhere:1:1:00000000';
  expect(isAlive(id, at, { now: now + 119_999 })).toBe(true);
  expect(isAlive(id, at, { now: now + 120_000 })).toBe(false);
  expect(isAlive(id, at, { now: now + 5000, leaseMs: 5000 })).toBe(false);
});

it('treats a text that is no process id like another host', () => {
  expect(isAlive('', at, { now })).toBe(true);
  expect(isAlive('nonsense', at, { now: now + 120_000 })).toBe(false);
});

/** As `createOwner` would say it in that process. */
function toProcessId(pid: number): string {
  const [host, , start] = createProcessId().split(':');
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return `${host}:${pid}:${start?.split('.')[0]}.${ticks}:00000000`;
}
