import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { add, type Row, rowsOf } from '../statistics.ts';
import { MEMORY, ours, SQLITE, type Surroundings } from '../subjects/servers.ts';
import type { VendorProcess } from '../subjects/vendor-process.ts';
import { BARE, MANY_MEMORY, MANY_TIME } from '../topics.ts';

const PEOPLE = 300;
const LATENCY_MS = 40;

/** One batch by the product, and the same requests by a bare client; each in a process of its own, in turns. */
export async function measureMany(surroundings: Surroundings, vendor: VendorProcess, rounds: number): Promise<Row[]> {
  const samples = new Map<string, number[]>();
  await vendor.delay(LATENCY_MS);
  for (let round = 0; round < rounds; round++) {
    for (const name of [BARE, MEMORY, SQLITE]) add(samples, name, (await run(surroundings, name, PEOPLE)).ms);
  }
  await vendor.delay(0);
  return rowsOf(MANY_TIME, 'ms', samples, BARE);
}

/** What a long list of changes takes more than a short one. Without latency: it changes nothing about what is kept. */
export async function measureManyMemory(surroundings: Surroundings, rounds: number): Promise<Row[]> {
  const samples = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++) {
    for (const people of [PEOPLE, 10_000]) {
      add(samples, nameOf(people), (await run(surroundings, SQLITE, people)).rssMb);
    }
  }
  return rowsOf(MANY_MEMORY, 'MB', samples, nameOf(PEOPLE));
}

function nameOf(people: number): string {
  return `${people.toLocaleString('en')} changes`;
}

async function run(surroundings: Surroundings, name: string, people: number): Promise<{ ms: number; rssMb: number }> {
  const { built, vendorUrl } = surroundings;
  const { env } = ours(surroundings, { store: name === MEMORY ? 'memory' : 'file' }).command;
  const { stdout } = await promisify(execFile)(process.execPath, [join(built, 'many.js')], {
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      ...env,
      BENCH_VENDOR: vendorUrl,
      BENCH_PEOPLE: String(people),
      BENCH_CLIENT: name === BARE ? 'bare' : 'ours',
    },
  });
  return JSON.parse(stdout) as { ms: number; rssMb: number };
}
