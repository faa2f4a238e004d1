import { readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A server of an earlier version has the store open. It would continue to write in its version's format, without the
 * checks of this one. Nothing was changed.
 */
export class StoreInUse extends Error {
  override readonly name = 'StoreInUse';

  constructor(place: string, holders: string) {
    super(
      `The store ${place} is in use by an earlier version of this program${holders}. This version cannot run next to it. ` +
        'Nothing was changed. Stop every server and command of the earlier version, then start this one.',
    );
  }
}

/**
 * Runs `open`, and retries while it throws `StoreInUse`: a command of the earlier version exits by itself, a server
 * does not.
 */
export async function outwaitEarlier<T>(open: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof StoreInUse) || Date.now() > deadline) throw error;
    }
    // Random, so that two processes of this version do not keep blocking each other.
    await sleep(20 + Math.random() * 200);
  }
}

const waitMs = 5000;

/** The other processes that have a file open, as far as Linux shows them to this user: ` (process 12, 34)` or nothing. */
export function describeHolders(file: string): string {
  const pids = listNames('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const target = tryTo(() => realpathSync(file));
  const holders = pids.filter((pid) =>
    listNames(`/proc/${pid}/fd`).some((fd) => tryTo(() => readlinkSync(`/proc/${pid}/fd/${fd}`)) === target),
  );
  return target === undefined || holders.length === 0 ? '' : ` (process ${holders.join(', ')})`;
}

function listNames(folder: string): string[] {
  return tryTo(() => readdirSync(folder)) ?? [];
}

function tryTo<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
