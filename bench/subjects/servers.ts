import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command, ToolCall, ToolResult } from '../client.ts';

/** A measured server: how to start it, how to request one update and how to recognize success. */
export interface Subject {
  name: string;
  command: Command;
  /** The `nth` update of a user. Each one changes a value. */
  update(userId: string, nth: number): ToolCall;
  isDone(answer: ToolResult): boolean;
  /** Not an MCP server: startup and tool list are not measured. */
  bare?: true;
}

export const FLOOR = 'floor';
/** The floor, without the schemas of the SDK that it never uses: what `scripts/lean-sdk.mjs` is worth to it. */
export const LEAN_FLOOR = 'floor, no unused schemas';
/** The same requests without MCP. */
export const RAW = 'raw';
export const MEMORY = 'ours, memory';
export const SQLITE = 'ours, SQLite';

export interface Surroundings {
  /** Folder of the benchmark's bundles. */
  built: string;
  /** The product's main.js. */
  program: string;
  /** A folder that is removed after the run. */
  scratch: string;
  vendorUrl: string;
}

export function floor({ built, vendorUrl }: Surroundings): Subject {
  return {
    name: FLOOR,
    command: { args: [join(built, 'floor.js')], env: { BENCH_VENDOR: vendorUrl } },
    update: (user_id, nth) => ({ name: 'update_user', arguments: { user_id, set: { position: `Engineer ${nth}` } } }),
    isDone: (answer) => answer.isError !== true && answer.content?.[0]?.text === 'updated',
  };
}

export function leanFloor(surroundings: Surroundings): Subject {
  const lean = floor({ ...surroundings, built: join(surroundings.built, 'lean') });
  return { ...lean, name: LEAN_FLOOR };
}

export function raw(surroundings: Surroundings): Subject {
  const { built, vendorUrl } = surroundings;
  const command = { args: [join(built, 'raw.js')], env: { BENCH_VENDOR: vendorUrl } };
  return { ...floor(surroundings), name: RAW, command, bare: true };
}

export interface OursOptions {
  name?: string;
  store: 'memory' | 'file' | { path: string };
  /** Number of connections; calls use the first one. */
  connections?: number;
  args?: readonly string[];
  program?: string;
}

let homes = 0;

/** The product, configured only with a policy that allows the change. */
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
  };
}

export function removeScratch(scratch: string): void {
  rmSync(scratch, { recursive: true, force: true });
}
