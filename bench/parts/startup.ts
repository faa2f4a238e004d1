import { execFileSync } from 'node:child_process';
import { start } from '../client.ts';
import { add, type Row, rowsOf } from '../statistics.ts';
import type { Subject } from '../subjects/servers.ts';
import { FLOOR } from '../subjects/servers.ts';
import { STARTUP } from '../topics.ts';

/** Starts each server in turn, round after round. Node alone is the lower bound. */
export async function measureStartup(subjects: readonly Subject[], rounds: number): Promise<Row[]> {
  const samples = new Map<string, number[]>();
  for (let round = 0; round <= rounds; round++) {
    // The first round warms the file cache.
    const keep = round === 0 ? new Map<string, number[]>() : samples;
    const began = performance.now();
    execFileSync(process.execPath, ['-e', '0']);
    add(keep, 'node -e 0', performance.now() - began);
    for (const subject of subjects) {
      if (subject.bare) continue;
      const running = await start(subject.command);
      add(keep, subject.name, running.startMs);
      await running.stop();
    }
  }
  return rowsOf(STARTUP, 'ms', samples, FLOOR);
}
