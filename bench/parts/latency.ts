import { type Running, start } from '../client.ts';
import { add, type Row, rowsOf } from '../statistics.ts';
import { RAW, type Subject } from '../subjects/servers.ts';
import type { VendorProcess } from '../subjects/vendor-process.ts';
import { DISTANT_P50 } from '../topics.ts';

/** As the topic says. */
const DELAY_MS = 50;

/** The first calls load modules and connect. */
const WARM_UP = 3;

/** What a person notices: nearly all vendors are this far away. The baseline is the same requests without MCP. */
export async function measureLatency(
  subjects: readonly Subject[],
  vendor: VendorProcess,
  calls: number,
): Promise<Row[]> {
  const samples = new Map<string, number[]>();
  const all: { subject: Subject; running: Running }[] = [];
  let value = 0;
  await vendor.delay(DELAY_MS);
  try {
    for (const subject of subjects) all.push({ subject, running: await start(subject.command) });
    for (let nth = -WARM_UP; nth < calls; nth++) {
      for (const { subject, running } of all) {
        const began = performance.now();
        const answer = await running.call(subject.update('person-far-away', value++));
        if (!subject.isDone(answer)) throw new Error(`${subject.name}: ${JSON.stringify(answer).slice(0, 300)}`);
        if (nth >= 0) add(samples, subject.name, performance.now() - began);
      }
    }
  } finally {
    for (const { running } of all) await running.stop();
    await vendor.delay(0);
  }
  return rowsOf(DISTANT_P50, 'ms', samples, RAW);
}
