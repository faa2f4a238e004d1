import { join, resolve } from 'node:path';
import { measureCalls } from './parts/calls.ts';
import { measureConnections, measureHistory, measureSizes } from './parts/growth.ts';
import { measureAudit } from './parts/history.ts';
import { measureHttp } from './parts/http.ts';
import { measureInstall } from './parts/install.ts';
import { measureLatency } from './parts/latency.ts';
import { measureMany, measureManyMemory } from './parts/many.ts';
import { measureSessions } from './parts/sessions.ts';
import { measureStages } from './parts/stages.ts';
import { measureStartup } from './parts/startup.ts';
import { measureTokens } from './parts/tokens.ts';
import type { Row } from './statistics.ts';
import { emptyInstallation, ownInstallation, peerInstallations } from './subjects/installations.ts';
import { preparePeers } from './subjects/peers.ts';
import { floor, leanFloor, ours, raw, type Subject, type Surroundings } from './subjects/servers.ts';
import type { VendorProcess } from './subjects/vendor-process.ts';

export const PARTS = [
  'startup',
  'install',
  'calls',
  'latency',
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
/** A part of the benchmark, by the name that `--only` takes. */
export type Part = (typeof PARTS)[number];

export interface RunOptions {
  /** The repository. */
  root: string;
  only: ReadonlySet<Part>;
  quick: boolean;
  /** Another build of the product to measure beside this one. */
  against: string | undefined;
  /** Is given the rows of a part when it is done. */
  onPart(rows: readonly Row[]): void;
}

/** One run of the benchmark. */
export interface Run {
  rows: Row[];
  /** One sentence for each thing that could not be measured. */
  missing: string[];
}

/** Measures these parts in their order. One that fails is reported, and the others go on. */
export async function measureAll(surroundings: Surroundings, vendor: VendorProcess, options: RunOptions): Promise<Run> {
  const { root, only, quick, against, onPart } = options;
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
    startup: () => measureStartup([...all, leanFloor(surroundings)], quick ? 7 : 15),
    install: async () => {
      const peersToInstall = quick ? undefined : await peerInstallations(surroundings);
      missing.push(...(peersToInstall?.missing ?? []));
      const installations = [await ownInstallation(surroundings, root), await emptyInstallation(surroundings)];
      installations.push(...(peersToInstall?.installations ?? []));
      return await measureInstall(installations, surroundings.scratch, { empty: 1, filled: quick ? 1 : 3 });
    },
    calls: () =>
      measureCalls(
        all,
        quick ? { rounds: 1, calls: 1000, burst: 300, turns: 3 } : { rounds: 3, calls: 1000, burst: 400, turns: 4 },
        surroundings,
        vendor,
      ),
    latency: () => measureLatency(own, vendor, quick ? 15 : 50),
    http: () => measureHttp(surroundings, bare, quick ? 3 : 8),
    sessions: () => measureSessions(surroundings, quick ? 2 : 6),
    tokens: () => measureTokens([bare, ...own.slice(2, 3), ...peers.subjects]),
    stages: () => measureStages(surroundings, quick ? 8 : 20),
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
    onPart(measured);
  }
  return { rows, missing };
}

/** Reports progress on stderr; stdout carries the table or the JSON. */
async function report<T>(what: string, work: Promise<T>): Promise<T> {
  const began = performance.now();
  process.stderr.write(`bench: ${what} … `);
  const result = await work;
  process.stderr.write(`${Math.round((performance.now() - began) / 1000)} s\n`);
  return result;
}
