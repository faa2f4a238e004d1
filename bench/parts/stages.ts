import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Row, rowsOf } from '../statistics.ts';
import { ours, type Surroundings } from '../subjects/servers.ts';
import { STAGES } from '../topics.ts';

/** So large that no turn fills it: what is collected meanwhile could not be counted. */
const YOUNG_MB = 128;

const METERS = [
  { meter: 'cpu', title: 'CPU', unit: 'µs', perUnit: 1, flags: [] },
  {
    meter: 'allocations',
    title: 'allocated',
    unit: 'KB',
    perUnit: 1024,
    flags: ['--expose-gc', `--min-semi-space-size=${YOUNG_MB}`, `--max-semi-space-size=${YOUNG_MB}`],
  },
];
const STORES = [
  { store: 'memory', title: 'memory' },
  { store: 'file', title: 'SQLite' },
] as const;

const TABLES = METERS.flatMap((meter) =>
  STORES.map((store) => ({ meter, store, title: `${meter.title}, ${store.title}` })),
);

/** Each stage of an allowed update by itself, and whole calls, in a process of their own. */
export async function measureStages(surroundings: Surroundings, rounds: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { meter, store, title } of TABLES) {
    const { env } = ours(surroundings, { store: store.store }).command;
    const args = [...meter.flags, join(surroundings.built, 'stages.js')];
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'production',
        ...env,
        BENCH_METER: meter.meter,
        BENCH_ROUNDS: String(rounds),
      },
    });
    const lines = JSON.parse(stdout) as { name: string; value: number }[];
    const values = new Map(lines.map(({ name, value }) => [name, [value / meter.perUnit]]));
    rows.push(...rowsOf(`${STAGES}: ${title}`, meter.unit, values, 'the whole call'));
  }
  return rows;
}
