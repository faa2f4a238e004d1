import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { verifyChain } from '../../src/store/chain.ts';
import { createOwner } from '../../src/store/owner.ts';
import type { Store } from '../../src/store/store.ts';
import { makeSqlitePlace } from './place.ts';
import { body, intent, person } from './samples.ts';

let place: Awaited<ReturnType<typeof makeSqlitePlace>>;
let script: string;
beforeEach(async () => {
  place = await makeSqlitePlace();
  script = join(place.folder, 'writer.mjs');
  // Native code cannot be bundled and would not be found from the folder of the test.
  const libsql = pathToFileURL(createRequire(import.meta.url).resolve('libsql')).href;
  await build({
    entryPoints: [fileURLToPath(new URL('writer.ts', import.meta.url))],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    plugins: [
      {
        name: 'libsql',
        setup: (plugin) => plugin.onResolve({ filter: /^libsql$/ }, () => ({ path: libsql, external: true })),
      },
    ],
  });
});
afterEach(() => place.remove());

it('loses nothing that was promised when two of four processes are killed', async () => {
  const children = ['a', 'b', 'c', 'd'].map((name) => start(name));
  const [a, b, c, d] = children;
  void a?.said(15).then(() => a.process.kill('SIGKILL'));
  void b?.said(40).then(() => b.process.kill('SIGKILL'));
  const codes = await Promise.all(children.map(({ ended }) => ended));
  expect(codes).toEqual([null, null, 0, 0]);
  expect([c?.lines.length, d?.lines.length]).toEqual([201, 201]);

  const store = await place.open(createOwner());
  const found = await readAll(store);
  const promised = children.flatMap(({ lines }) => lines).filter((line) => line !== 'ready');
  expect(promised.length).toBeGreaterThan(440);
  expect(promised.filter((line) => !found.includes(line))).toEqual([]);
  expect(await verifyChain(store.rows(), await store.head())).toEqual({ ok: true, rows: found.length });

  // What the killed ones left open, and nothing else, is there to be closed with the truth.
  const open = found.filter((line) => line.startsWith('opened ')).map((line) => line.slice(7));
  const left = open.filter((id) => !found.includes(`closed ${id}`));
  const orphans = await store.orphans();
  expect(orphans.map(({ changeId }) => changeId)).toEqual(left);
  for (const { changeId, userId } of orphans) {
    expect(await store.image(changeId)).toHaveLength(500);
    expect(await store.open(intent('next', person(userId)))).toMatchObject({ kind: 'orphan' });
    expect(await store.close(changeId, 'unverified', body())).toBe(true);
  }
  expect(await store.orphans()).toEqual([]);
  expect(await verifyChain(store.rows(), await store.head())).toMatchObject({ ok: true });
}, 60_000);

it('survives being killed at any moment', async () => {
  for (let round = 0; round < 8; round += 1) {
    const child = start(`r${round}`);
    await child.said(1 + round * 5);
    child.process.kill('SIGKILL');
    await child.ended;
    const store = await place.open(createOwner());
    const found = await readAll(store);
    expect(child.lines.filter((line) => line !== 'ready' && !found.includes(line))).toEqual([]);
    expect(await verifyChain(store.rows(), await store.head())).toEqual({ ok: true, rows: found.length });
    await store.stop();
  }
}, 60_000);

it('lets one of two processes use a yes', async () => {
  const children = ['a', 'b'].map((name) => start(name, 'race'));
  expect(await Promise.all(children.map(({ ended }) => ended))).toEqual([0, 0]);
  const lines = children.flatMap(({ lines: said }) => said).filter((line) => line !== 'ready');
  const expected = Array.from({ length: 40 }, (_, i) => [`opened yes-${i}`, `spent yes-${i}`]).flat();
  expect(lines.sort()).toEqual(expected.sort());
}, 60_000);

interface Child {
  process: ChildProcess;
  lines: string[];
  /** Resolves once it has said this many lines. */
  said(count: number): Promise<void>;
  ended: Promise<number | null>;
}

function start(name: string, mode = ''): Child {
  const child = spawn(process.execPath, [script, place.file, name, mode], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const reader = createInterface(child.stdout);
  reader.on('line', (line) => lines.push(line));
  return {
    process: child,
    lines,
    said: (count) => expect.poll(() => lines.length, { interval: 2, timeout: 30_000 }).toBeGreaterThanOrEqual(count),
    ended: new Promise((resolve) => child.on('close', resolve)),
  };
}

async function readAll(store: Store): Promise<string[]> {
  const found: string[] = [];
  for await (const row of store.rows()) found.push(`${row.kind} ${row.changeId}`);
  return found;
}
