import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { checkBudgets } from './budgets.ts';
import { measureCalls } from './parts/calls.ts';
import { measureConnections, measureHistory, measureSizes } from './parts/growth.ts';
import { measureAudit } from './parts/history.ts';
import { measureHttp } from './parts/http.ts';
import { measureInstall } from './parts/install.ts';
import { measureMany, measureManyMemory } from './parts/many.ts';
import { measureSessions } from './parts/sessions.ts';
import { measureStages } from './parts/stages.ts';
import { measureStartup } from './parts/startup.ts';
import { measureTokens } from './parts/tokens.ts';
import type { Row } from './statistics.ts';
import { emptyInstallation, ownInstallation, peerInstallations } from './subjects/installations.ts';
import { preparePeers } from './subjects/peers.ts';
import { floor, ours, raw, removeScratch, type Subject, type Surroundings } from './subjects/servers.ts';
import { startVendor, type VendorProcess } from './subjects/vendor-process.ts';
import { renderBudgets, renderRows } from './table.ts';

const HELP = `Usage: npm run bench -- [--quick] [--only PART,…] [--json] [--program MAIN.JS] [--against MAIN.JS]
Parts: startup, install, calls, http, sessions, tokens, stages, history, audit, connections, sizes, many,\nmany-memory.
--quick takes fewer samples and skips the peers. --program measures another build instead of a new one; --against\nmeasures a second build beside it.`;

const PARTS = [
  'startup',
  'install',
  'calls',
  'http',
  'sessions',
  'tokens',
  'stages',
  'history',
  'audit',
  'connections',
  'sizes',
  'many',
  'many-memory',
] as const;
type Part = (typeof PARTS)[number];

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
    program: { type: 'string' },
    against: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout.write(`${HELP}\n`);
} else {
  await main();
}
process.exit();

async function main(): Promise<void> {
  const root = resolve(import.meta.dirname, '..', '..', '..');
  const folder = join(root, 'bench', '.run');
  const only = values.only?.split(',') ?? PARTS;
  const unknown = only.filter((part) => !(PARTS as readonly string[]).includes(part));
  if (unknown.length > 0) throw new Error(`unknown part: ${unknown.join(', ')}\n${HELP}`);
  const program = values.program ? resolve(values.program) : await buildProduct(root, 'bench/.run/dist');
  mkdirSync(folder, { recursive: true });
  const scratch = mkdtempSync(join(folder, 'scratch-'));
  const built = import.meta.dirname;
  const vendor = await startVendor(built);
  const surroundings = { built, program, scratch, vendorUrl: vendor.url };
  const began = performance.now();
  try {
    const { rows, missing } = await measureAll(root, surroundings, vendor, new Set(only as Part[]));
    const budgets = checkBudgets(rows);
    const machine = `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'CPU'}, ${process.platform}`;
    const seconds = Math.round((performance.now() - began) / 1000);
    if (values.json) {
      process.stdout.write(`${JSON.stringify({ machine, seconds, missing, rows, budgets }, null, 2)}\n`);
    } else {
      const summary = [renderBudgets(budgets), ...missing, `${machine}; ${seconds} s`];
      process.stdout.write(`\n${summary.join('\n\n')}\n`);
    }
  } finally {
    vendor.stop();
    removeScratch(scratch);
  }
}

async function measureAll(root: string, surroundings: Surroundings, vendor: VendorProcess, only: ReadonlySet<Part>) {
  const { quick, against } = values;
  const bare = floor(surroundings);
  const own: Subject[] = [
    bare,
    raw(surroundings),
    ours(surroundings, { store: 'memory' }),
    ours(surroundings, { store: 'file' }),
  ];
  if (against) {
    const other = resolve(against);
    own.push(ours(surroundings, { store: 'memory', program: other, name: 'against, memory' }));
    own.push(ours(surroundings, { store: 'file', program: other, name: 'against, SQLite' }));
  }
  const compares = (['startup', 'calls', 'tokens'] as const).some((part) => only.has(part));
  const peers =
    quick || !compares
      ? { subjects: [], missing: [] }
      : await report('peers', preparePeers(surroundings, join(root, 'bench', '.run', 'peers')));
  const missing = quick ? ['peers are NOT MEASURED with --quick'] : peers.missing;
  for (const line of missing) process.stderr.write(`${line}\n`);
  const all = [...own, ...peers.subjects];

  const measures: Record<Part, () => Promise<Row[]>> = {
    startup: () => measureStartup(all, quick ? 7 : 15),
    install: async () => {
      const peersToInstall = quick ? undefined : await peerInstallations(surroundings);
      missing.push(...(peersToInstall?.missing ?? []));
      const installations = [await ownInstallation(surroundings, root), await emptyInstallation(surroundings)];
      installations.push(...(peersToInstall?.installations ?? []));
      return await measureInstall(installations, surroundings.scratch, { empty: quick ? 1 : 3, filled: quick ? 3 : 7 });
    },
    calls: () =>
      measureCalls(
        all,
        quick ? { rounds: 1, calls: 1000, burst: 300, turns: 3 } : { rounds: 3, calls: 1000, burst: 400, turns: 4 },
      ),
    http: () => measureHttp(surroundings, bare, quick ? 3 : 8),
    sessions: () => measureSessions(surroundings, quick ? 2 : 6),
    tokens: () => measureTokens([bare, ...own.slice(2, 3), ...peers.subjects]),
    stages: () => measureStages(surroundings.vendorUrl, surroundings.scratch, quick ? 15 : 40),
    history: () => measureHistory(surroundings, quick ? [10, 1000] : [10, 1000, 100_000]),
    audit: () => measureAudit(surroundings, [1000, 100_000], quick ? 1 : 3),
    connections: () => measureConnections(surroundings, quick ? [1, 50] : [1, 10, 50]),
    sizes: () => measureSizes(surroundings, vendor, quick ? [1000, 900_000] : [1000, 10_000, 100_000, 1_000_000]),
    many: () => measureMany(surroundings, vendor, quick ? 1 : 5),
    'many-memory': () => measureManyMemory(surroundings, quick ? 1 : 3),
  };
  const rows: Row[] = [];
  for (const part of PARTS) {
    if (!only.has(part)) continue;
    const measured = await report(part, measures[part]()).catch((error: unknown): Row[] => {
      const note = `NOT MEASURED: ${String(error).slice(0, 300)}`;
      return [{ topic: part, what: 'everything', unit: '', note }];
    });
    rows.push(...measured);
    if (!values.json) process.stdout.write(`\n${renderRows(measured)}\n\n`);
  }
  return { rows, missing };
}

/** Builds the product as `npm run build` does, into a folder of its own: a build during the run must not replace it. */
async function buildProduct(root: string, outdir: string): Promise<string> {
  rmSync(join(root, outdir), { recursive: true, force: true });
  const args = ['scripts/build.mjs', '.rolldown.config.mjs', '--dir', outdir];
  await promisify(execFile)(process.execPath, args, { cwd: root });
  return join(root, outdir, 'main.js');
}

/** Reports progress on stderr; stdout carries the table or the JSON. */
async function report<T>(what: string, work: Promise<T>): Promise<T> {
  const began = performance.now();
  process.stderr.write(`bench: ${what} … `);
  const result = await work;
  process.stderr.write(`${Math.round((performance.now() - began) / 1000)} s\n`);
  return result;
}
