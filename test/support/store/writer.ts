import { openPostgresStore } from '../../../src/store/postgres/store.ts';
import { createProcessId } from '../../../src/store/process-id.ts';
import { openSqliteStore } from '../../../src/store/sqlite/store.ts';
import type { Store } from '../../../src/store/store.ts';
import { body, intent, person } from './samples.ts';

// A child process of the tests: writes to a shared store and says on stdout what it was promised.

export type Where = { file: string } | { url: string; schema: string };

export type WriterMode =
  /** 100 changes, four of them in flight at any time. */
  | 'changes'
  /** The same until it is killed. */
  | 'changes without end'
  /** Tries to use each of 40 answers, all about one person, that another process tries to use at the same time. */
  | 'yeses'
  /** Tries to use each of 200 approvals, eight at a time, that another process tries to use at the same time. */
  | 'approvals';

const [name = '', mode, where = ''] = process.argv.slice(2);
const store = await openStore(JSON.parse(where) as Where);
say('ready');
if (mode === 'changes') await inLanes(4, 25, writeChange);
if (mode === 'changes without end') await inLanes(4, Number.POSITIVE_INFINITY, writeChange);
if (mode === 'yeses') await inLanes(1, 40, useYes);
if (mode === 'approvals') await inLanes(8, 25, useApproval);
await store.stop();

async function openStore(at: Where): Promise<Store> {
  const processId = createProcessId();
  return 'file' in at
    ? openSqliteStore(at.file, processId)
    : openPostgresStore(at.url, processId, { schema: at.schema });
}

async function writeChange(lane: number, i: number): Promise<void> {
  const id = `${name}-${lane}-${i}`;
  const beforeImage = { sealed: new Uint8Array(500), expiresAt: Number.MAX_SAFE_INTEGER };
  const result = await store.open({ ...intent(id, person(id)), beforeImage });
  if (result.kind !== 'opened') throw new Error(`${id}: ${result.kind}`);
  say(`opened ${id}`);
  await store.close(id, 'updated', body());
  say(`closed ${id}`);
}

async function useYes(_: number, i: number): Promise<void> {
  const nonce = { id: `yes-${i}`, expiresAt: Number.MAX_SAFE_INTEGER };
  for (;;) {
    const result = await store.open({ ...intent(`${name}-${i}`), nonce });
    if (result.kind === 'busy') continue;
    say(`${result.kind} yes-${i}`);
    if (result.kind === 'opened') await store.close(`${name}-${i}`, 'updated', body());
    return;
  }
}

async function useApproval(lane: number, i: number): Promise<void> {
  const approval = `approval-${lane * 25 + i}`;
  const id = `${name}-${approval}`;
  const result = await store.open({ ...intent(id, person(id)), approval });
  say(`${result.kind} ${approval}`);
  if (result.kind === 'opened') await store.close(id, 'updated', body());
}

async function inLanes(lanes: number, each: number, work: (lane: number, i: number) => Promise<void>): Promise<void> {
  const run = async (lane: number): Promise<void> => {
    for (let i = 0; i < each; i += 1) await work(lane, i);
  };
  await Promise.all(Array.from({ length: lanes }, (_, lane) => run(lane)));
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
