import { join } from 'node:path';
import { openAppender } from '../append.ts';
import { type Running, start, type Usage, usageOf } from '../client.ts';
import { add, median, quantile, type Row, rowsOf } from '../statistics.ts';
import { FLOOR, type Subject, type Surroundings } from '../subjects/servers.ts';
import type { VendorProcess } from '../subjects/vendor-process.ts';
import { FLOOR_AND_APPEND, MEMORY_USED, P50, RATE, VENDOR_RATE, VENDOR_REQUESTS } from '../topics.ts';

const P99 = 'an allowed update, one at a time, p99';
const CPU = 'CPU per call (of the first 1,000, start not counted)';
const RATE_CPU = '16 in flight over stdio, CPU per call';

const BLOCK = 50;
const APPENDS = 10;

export interface CallPlan {
  /** How many times each server is restarted. */
  rounds: number;
  /** Sequential calls in each round. */
  calls: number;
  /** Calls per turn with 16 in flight, and turns per round. */
  burst: number;
  turns: number;
}

/** Runs one update and checks its result: a call that fails fast must not count as fast. */
async function update(subject: Subject, running: Running, userId: string, nth: number): Promise<void> {
  const answer = await running.call(subject.update(userId, nth));
  if (!subject.isDone(answer)) throw new Error(`${subject.name}: ${JSON.stringify(answer).slice(0, 300)}`);
}

/** Sequential calls first, then 16 in flight. Both run in blocks that alternate between the servers. */
export async function measureCalls(
  subjects: readonly Subject[],
  plan: CallPlan,
  { scratch }: Surroundings,
  vendor: VendorProcess,
): Promise<Row[]> {
  const disk = openAppender(join(scratch, 'appended'));
  const appends: number[] = [];
  const latency = new Map<string, number[]>();
  const cpu = new Map<string, number[]>();
  const memory = new Map<string, number[]>();
  const rate = new Map<string, number[]>();
  const vendorRate = new Map<string, number[]>();
  const requests = new Map<string, number[]>();
  const rateCpu = new Map<string, number[]>();
  let nth = 0;
  for (let round = 0; round < plan.rounds; round++) {
    const all: { subject: Subject; running: Running; before: Usage | undefined }[] = [];
    for (const subject of subjects) {
      const running = await start(subject.command);
      all.push({ subject, running, before: usageOf(running.pid) });
    }
    for (let done = 0; done < plan.calls; done += BLOCK) {
      for (const { subject, running } of all) {
        for (let call = 0; call < BLOCK; call++) {
          const began = performance.now();
          await update(subject, running, `person-${call}`, nth++);
          // The first calls load modules and warm the JIT.
          if (done >= 2 * BLOCK) add(latency, subject.name, performance.now() - began);
        }
      }
      for (let at = 0; at < APPENDS; at++) appends.push(disk.append());
    }
    for (const { subject, running, before } of all) {
      const after = usageOf(running.pid);
      if (!after || !before) continue;
      add(cpu, subject.name, (after.cpuMs - before.cpuMs) / plan.calls);
      add(memory, subject.name, after.rssMb);
    }
    for (let turn = 0; turn <= plan.turns; turn++) {
      for (const { subject, running } of all) {
        const cpuBefore = usageOf(running.pid);
        const requestsBefore = await vendor.requests();
        const seconds = await inFlight(16, plan.burst, (lane) => update(subject, running, `lane-${lane}`, nth++));
        const cpuAfter = usageOf(running.pid);
        const received = (await vendor.requests()) - requestsBefore;
        if (turn === 0) continue;
        add(rate, subject.name, plan.burst / seconds);
        add(vendorRate, subject.name, received / seconds);
        add(requests, subject.name, received / plan.burst);
        if (cpuBefore && cpuAfter) add(rateCpu, subject.name, (cpuAfter.cpuMs - cpuBefore.cpuMs) / plan.burst);
      }
    }
    for (const { running } of all) await running.stop();
  }
  disk.close();
  return [
    ...withAppend(rowsOf(P50, 'ms', latency, FLOOR), median(appends)),
    ...rowsOf(P99, 'ms', latency, FLOOR, (values) => quantile(values, 0.99)),
    ...rowsOf(CPU, 'ms', cpu, FLOOR),
    ...rowsOf(MEMORY_USED, 'MB', memory, FLOOR),
    ...rowsOf(RATE, '/s', rate, FLOOR),
    ...rowsOf(VENDOR_RATE, '/s', vendorRate, FLOOR),
    ...rowsOf(VENDOR_REQUESTS, '', requests, FLOOR),
    ...rowsOf(RATE_CPU, 'ms', rateCpu, FLOOR),
  ];
}

function withAppend(rows: readonly Row[], value: number): Row[] {
  const append = { topic: P50, what: 'a synced append of 4 KB', value, unit: 'ms' };
  const floor = rows.find(({ what }) => what === FLOOR)?.value;
  return [
    ...rows,
    append,
    ...(floor === undefined ? [] : [{ ...append, what: FLOOR_AND_APPEND, value: floor + value }]),
  ];
}

/** Runs `calls` calls with at most `width` in flight and returns the elapsed seconds. */
export async function inFlight(width: number, calls: number, call: (lane: number) => Promise<void>): Promise<number> {
  let left = calls;
  const began = performance.now();
  const lane = async (_: unknown, at: number) => {
    while (left-- > 0) await call(at);
  };
  await Promise.all(Array.from({ length: width }, lane));
  return (performance.now() - began) / 1000;
}
