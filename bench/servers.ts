import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command, ToolAnswer, ToolCall } from './client.ts';

/** A server that is measured: how it is started, how it is asked for one update, how its answer is told from a failure. */
export interface Subject {
  name: string;
  command: Command;
  /** The `nth` update of somebody; every one changes something. */
  update(userId: string, nth: number): ToolCall;
  isDone(answer: ToolAnswer): boolean;
  /** Requests the vendor gets for one update. */
  requests: number;
  /** Not a server of MCP: no start is measured and no tools are counted. */
  bare?: true;
}

export const FLOOR = 'floor';
const RAW = 'raw';
export const MEMORY = 'ours, memory';
export const SQLITE = 'ours, SQLite';

export interface Surroundings {
  /** Where bundles of the benchmark are. */
  built: string;
  /** The product's main.js. */
  program: string;
  /** A folder that is gone after the run. */
  scratch: string;
  vendorUrl: string;
}

export function floor({ built, vendorUrl }: Surroundings): Subject {
  return {
    name: FLOOR,
    command: { args: [join(built, 'floor.js')], env: { BENCH_VENDOR: vendorUrl } },
    update: (user_id, nth) => ({ name: 'update_user', arguments: { user_id, set: { position: `Engineer ${nth}` } } }),
    isDone: (answer) => answer.isError !== true && answer.content?.[0]?.text === 'updated',
    requests: 3,
  };
}

export function raw(surroundings: Surroundings): Subject {
  const { built, vendorUrl } = surroundings;
  const command = { args: [join(built, 'raw.js')], env: { BENCH_VENDOR: vendorUrl } };
  return { ...floor(surroundings), name: RAW, command, bare: true };
}

export interface OursOptions {
  name?: string;
  store: 'memory' | 'file' | { path: string };
  /** How many accounts are connected; with several the first is used. */
  connections?: number;
  args?: readonly string[];
  program?: string;
}

let homes = 0;

/** The product, with a policy that allows the change and nothing else set. */
export function ours(surroundings: Surroundings, options: OursOptions): Subject {
  const { scratch, vendorUrl, program } = surroundings;
  const home = join(scratch, `home-${++homes}`);
  const count = options.connections ?? 1;
  const names = Array.from({ length: count }, (_, at) => `awork-${at + 1}`);
  const config = {
    connections: Object.fromEntries(
      names.map((name) => [name, { provider: 'awork', apiKey: `bench-key-of-${name}`, baseUrl: vendorUrl }]),
    ),
    policy: { rules: [{ field: 'awork.position', decision: 'allow' }] },
    ...(options.args?.[0] === 'http' && { http: { rateLimit: { perMinute: 10_000_000 } } }),
  };
  const configFile = `${home}.json`;
  writeFileSync(configFile, JSON.stringify(config));
  const path = typeof options.store === 'object' ? options.store.path : join(home, 'changes.db');
  const env = {
    HOME: home,
    UPDATE_USER_CONFIG: configFile,
    UPDATE_USER_STORE: options.store === 'memory' ? 'memory' : path,
    UPDATE_USER_LOG: 'error',
  };
  const connection = count > 1 ? { connection: 'awork-1' } : {};
  return {
    name: options.name ?? (options.store === 'memory' ? MEMORY : SQLITE),
    command: { args: [options.program ?? program, ...(options.args ?? [])], env },
    update: (user_id, nth) => ({
      name: 'awork_update_user',
      arguments: { user_id, set: { position: `Engineer ${nth}` }, ...connection },
    }),
    isDone: (answer) => answer.structuredContent?.outcome === 'updated',
    requests: 3,
  };
}

export function forget(scratch: string): void {
  rmSync(scratch, { recursive: true, force: true });
}
