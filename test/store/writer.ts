import { createOwner } from '../../src/store/owner.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';
import { body, intent, person } from './samples.ts';

// A child process of processes.test.ts: writes to a shared file and says on stdout what it was promised.
const [file = '', name = '', mode = ''] = process.argv.slice(2);
const store = await openSqliteStore(file, createOwner());
say('ready');
await (mode === 'race' ? race(store) : write(store));
await store.stop();

/** 100 changes, four of them in flight at any time. */
async function write(to: Store): Promise<void> {
  await Promise.all(
    [0, 1, 2, 3].map(async (lane) => {
      for (let i = 0; i < 25; i += 1) {
        const id = `${name}-${lane}-${i}`;
        const image = { sealed: new Uint8Array(500), expiresAt: Number.MAX_SAFE_INTEGER };
        const result = await to.open({ ...intent(id, person(id)), image });
        if (result.kind !== 'opened') throw new Error(`${id}: ${result.kind}`);
        say(`opened ${id}`);
        await to.close(id, 'updated', body());
        say(`closed ${id}`);
      }
    }),
  );
}

/** Tries to use each of 40 answers, all about one person, that another process tries to use at the same time. */
async function race(to: Store): Promise<void> {
  for (let i = 0; i < 40; i += 1) {
    const spend = { id: `yes-${i}`, expiresAt: Number.MAX_SAFE_INTEGER };
    for (;;) {
      const result = await to.open({ ...intent(`${name}-${i}`), spend });
      if (result.kind !== 'busy') say(`${result.kind} yes-${i}`);
      if (result.kind === 'opened') await to.close(`${name}-${i}`, 'updated', body());
      if (result.kind !== 'busy') break;
    }
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
