import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { errorCode } from '../lib/error-code.ts';

/**
 * A running process, as `host:pid:startTime:random`. On Linux `host` also names the PID namespace (two containers that
 * share a host name do not see each other's processes) and `startTime` the boot, after which PIDs start anew.
 */
export type ProcessId = string;

export interface AliveOptions {
  /** How long an intent of another host counts as alive, in ms. Default 120,000. */
  leaseMs?: number;
  /** Milliseconds since the epoch. */
  now?: number;
}

/** The running process. Each call returns a different id; all count as alive. */
export function createProcessId(): ProcessId {
  return [thisHost(), process.pid, ownStart(), crypto.randomUUID().slice(0, 8)].join(':');
}

/**
 * Whether the process that opened an intent `at` (ISO 8601) can still be working on it. On this host: the PID is taken
 * by a process with the same start time. Processes of another host cannot be observed, so their intents count as alive
 * for a lease. When in doubt, returns true: waiting is cheaper than closing a change that is still being written.
 */
export function isAlive(processId: ProcessId, at: string, options: AliveOptions = {}): boolean {
  const { leaseMs = 120_000, now = Date.now() } = options;
  const [host, pidText, start] = processId.split(':');
  const pid = Number(pidText);
  const isHere = host === thisHost() && Number.isSafeInteger(pid) && pid > 0 && start !== undefined;
  if (!isHere) return now - Date.parse(at) < leaseMs;
  if (pid === process.pid) return start === ownStart();
  return exists(pid) && hasStart(pid, start);
}

/** Whether the process that wrote an entry can still be working on its change; see `isAlive`. */
export function createLivenessCheck({ leaseMs, now = Date.now }: { leaseMs?: number; now?: () => number }) {
  return ({ owner, at }: { owner: ProcessId; at: string }): boolean =>
    isAlive(owner, at, { now: now(), ...(leaseMs !== undefined && { leaseMs }) });
}

let host: string | undefined;
let start: string | undefined;

function thisHost(): string {
  host ??= [hostname(), tryRead(() => readlinkSync('/proc/self/ns/pid').replace(/\D/g, ''))]
    .filter((part) => part !== undefined)
    .join('/')
    .replaceAll(':', '_');
  return host;
}

function ownStart(): string {
  // Without /proc, by the clock: it distinguishes this process from an earlier one with the same PID, which is enough
  // here.
  start ??= readProcess(process.pid)?.start ?? String(Math.round(Date.now() - process.uptime() * 1000));
  return start;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists and belongs to another user.
    return errorCode(error) === 'EPERM';
  }
}

function hasStart(pid: number, expected: string): boolean {
  const found = readProcess(pid);
  // Unreadable means no /proc (not Linux) or one that hides other users' processes: the PID alone has to be enough.
  if (!found) return true;
  // A zombie keeps its PID until the parent collects it, which in a container may be never.
  return found.state !== 'Z' && found.state !== 'X' && found.start === expected;
}

/** Fields 3 (state) and 22 (start, in ticks since boot) of /proc/PID/stat, see proc(5). */
function readProcess(pid: number): { state: string; start: string } | undefined {
  const stat = tryRead(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  const boot = tryRead(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8));
  // Field 2 is the command's name in parentheses, which may itself contain blanks and parentheses.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields?.[0];
  const ticks = fields?.[19];
  return state && ticks ? { state, start: `${boot ?? ''}.${ticks}` } : undefined;
}

function tryRead(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
