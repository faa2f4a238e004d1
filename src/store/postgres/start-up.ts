import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../../lib/error-code.ts';
import { isPassing, toStoreError } from './errors.ts';

/** How long a server waits for a database that is started along with it. */
export interface StartUpWait {
  ms: number;
  /** Called once, when the first attempt failed: what is wrong, and the code of the error. */
  onWait(problem: string, code: string): void;
}

/** The database could not be reached in time. It may be later, so no setting has to be wrong. */
export class StoreUnreachable extends Error {
  override readonly name = 'StoreUnreachable';
}

/**
 * Runs `open` until it succeeds, while the database at `place` cannot be reached: its host has no name yet, nothing
 * listens, or it says that it is starting. Throws every other error, such as a wrong password, at once.
 */
export async function outwaitStartUp<T>(
  open: () => Promise<T>,
  place: string,
  { ms, onWait }: StartUpWait,
): Promise<T> {
  const started = Date.now();
  let isWaiting = false;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (!mayComeUp(error)) throw error;
      const problem = messageOf(toStoreError(error, place));
      if (Date.now() - started >= ms) {
        throw new StoreUnreachable(`${problem} Tried for ${Math.round(ms / 1000)} seconds.`, { cause: error });
      }
      if (!isWaiting) onWait(problem, errorCode(error) ?? 'unknown');
      isWaiting = true;
    }
    // Random, so that instances that start together do not connect together.
    await sleep(250 + Math.random() * 500);
  }
}

/** In a network of containers the name of a host is unknown until its container runs. */
function mayComeUp(error: unknown): boolean {
  return isPassing(error) || errorCode(error) === 'ENOTFOUND';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
