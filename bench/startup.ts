import { execFileSync } from 'node:child_process';
import { start } from './client.ts';
import type { Subject } from './servers.ts';
import { FLOOR } from './servers.ts';
import { add, type Row, rowsOf } from './statistics.ts';

export const STARTUP = 'spawn → tools listed';

/** Each server is started in turn, round after round. Node by itself is what nobody can be below. */
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
