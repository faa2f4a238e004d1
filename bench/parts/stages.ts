import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { startDeadline } from '../../src/lib/async/deadline.ts';
import { awork } from '../../src/providers/awork.ts';
import { createMemoryStore } from '../../src/store/memory/store.ts';
import { createProcessId } from '../../src/store/process-id.ts';
import { createSeal } from '../../src/store/seal.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import type { Store } from '../../src/store/store.ts';
import { entryBody, newEntry } from '../../src/update/audit/entry.ts';
import { type Call, createContext } from '../../src/update/context.ts';
import { createPlan } from '../../src/update/plan/plan.ts';
import { verify } from '../../src/update/plan/verify.ts';
import { decide } from '../../src/update/policy/policy.ts';
import type { Ports } from '../../src/update/ports.ts';
import { viewPlan } from '../../src/update/redact/view.ts';
import { parseRequest } from '../../src/update/request/parse.ts';
import type { ArgumentOptions } from '../../src/update/request/schema.ts';
import { argumentsSchema } from '../../src/update/request/schema.ts';
import { beforeImageOf } from '../../src/update/write/before-image.ts';
import { createRecords } from '../../src/upstream/records.ts';
import { add, median, type Row } from '../statistics.ts';

const STAGES = 'the cost of each stage, in one process';

type Stage = readonly [name: string, run: (nth: number) => unknown];

/** Each stage of an allowed update by itself, on the same record. The rest of the p50 is protocol and transport. */
export async function measureStages(vendorUrl: string, scratch: string, rounds: number): Promise<Row[]> {
  const settings = { apiKey: 'bench-key-of-the-stages', baseUrl: vendorUrl };
  const connection = { name: 'awork', provider: awork, settings };
  const records = createRecords({ requestMs: 10_000, responseBytes: 1_048_576, attempts: 1, concurrentWrites: 5 });
  const folder = join(scratch, 'stages');
  mkdirSync(folder);
  const stores = [
    createMemoryStore(createProcessId()),
    await openSqliteStore(join(folder, 'changes.db'), createProcessId()),
  ];
  const [memory, sqlite] = stores as [Store, Store];

  const disk = openSync(join(folder, 'plain'), 'a');

  const options: ArgumentOptions = { allowSecretInput: false };
  const schema = argumentsSchema(awork, options);
  const parse = (nth: number) =>
    parseRequest('awork_update_user', awork, schema, options, {
      user_id: 'person-of-stages',
      set: { position: `Engineer ${nth}` },
    });
  const within = startDeadline(3_600_000);
  const redaction = { relaxed: [] };
  const rules = [{ field: 'awork.position', decision: 'allow' as const }];
  const call: Call = { connection, request: parse(0), caller: { principal: 'local' }, canAsk: false };
  const current = await records.read(connection, 'person-of-stages', within);
  const plan = createPlan(awork, call.request, current, new Set());
  // No rule has `people`.
  const people = { of: () => 0, notes: () => [] };
  const subject = { connection, caller: call.caller, userId: plan.userId, emails: plan.emails, people: people.of };
  const { verdict, under } = decide(rules, subject, plan);
  const seal = createSeal(new Uint8Array(32).fill(7));
  // Only the ports that writing audit entries needs.
  const ports = { seal, redaction, limits: { callMs: 30_000, undoDays: 30, guessesPerHour: 30 } } as unknown as Ports;
  const context = createContext(call, ports);
  const proposal = { kind: 'proposal' as const, snapshot: { ...current, lastSeq: 0, people }, plan, verdict, under };
  const body = entryBody(context, proposal);
  const image = beforeImageOf(plan, current.record);

  const open = async (store: Store, nth: number) => {
    const changeId = `${store === memory ? 'memory' : 'sqlite'}-${nth}`;
    const person = { provider: 'awork', connection: 'awork', userId: `person-${nth}` };
    const since = await store.lastSeq(person);
    const sealed = { sealed: seal.seal(changeId, image), expiresAt: Date.now() + 1e9 };
    await store.open({
      entry: { ...newEntry(call, changeId, 'unverified', body), ...person },
      since,
      beforeImage: sealed,
    });
    await store.close(changeId, 'updated', body);
  };
  const stages: readonly Stage[] = [
    ['parse the arguments', parse],
    ['read (one GET)', () => records.read(connection, 'person-of-stages', within)],
    ['plan', () => createPlan(awork, call.request, current, new Set())],
    ['policy', () => decide(rules, subject, plan)],
    ['redact (for the model and for the audit log)', () => [view('model'), view('audit')]],
    ['compose the entry (scrub included)', () => entryBody(context, proposal)],
    ['audit in memory (open, seal, close)', (nth) => open(memory, nth)],
    ['audit in SQLite (open, seal, close; the intent is durable)', (nth) => open(sqlite, nth)],
    ['for comparison: append 4 KB to a file and fsync it', () => append(disk)],
    [
      'write (one PUT)',
      () =>
        records.write(
          connection,
          { userId: plan.userId, write: plan.write, body: plan.body },
          { within, isCurrent: async () => true },
        ),
    ],
    ['verify', () => verify(awork, plan, current.record, plan.expected)],
  ];
  function view(audience: 'model' | 'audit') {
    return viewPlan(call, plan, audience, redaction);
  }

  const samples = new Map<string, number[]>();
  let nth = 0;
  for (let round = -2; round < rounds; round++) {
    for (const [name, run] of stages) {
      const began = performance.now();
      for (let at = 0; at < 20; at++) await run(nth++);
      if (round >= 0) add(samples, name, ((performance.now() - began) / 20) * 1000);
    }
  }
  closeSync(disk);
  for (const store of stores) await store.stop();
  return [...samples].map(([what, values]) => ({ topic: STAGES, what, value: median(values), unit: 'µs' }));
}

const PAGE = Buffer.alloc(4096);

/** The cost of one durable write on this disk. */
function append(file: number): void {
  writeSync(file, PAGE);
  fsyncSync(file);
}
