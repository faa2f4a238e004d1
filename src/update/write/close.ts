import { setTimeout as sleep } from 'node:timers/promises';
import type { EntryBody } from '../../store/store.ts';
import type { Ports } from '../ports.ts';

/** What became of an opened change. */
export interface Closing {
  changeId: string;
  outcome: string;
  body: EntryBody;
  image: Uint8Array | undefined;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
/** Some two hours; a disk that is full for longer is the next start's matter. */
const ATTEMPTS = 250;

/**
 * Puts an outcome on record. What the store cannot take now it is given again while this process lives: as long as the
 * intent stays open nobody can change that person. Never throws.
 */
export async function closeChange(closing: Closing, ports: Ports): Promise<void> {
  try {
    await close(closing, ports);
  } catch (error) {
    const facts = { change: closing.changeId, problem: String(error) };
    ports.log.error(facts, 'an outcome could not be recorded; it is tried again');
    void closeLater(closing, ports);
  }
}

async function closeLater(closing: Closing, ports: Ports): Promise<void> {
  for (
    let attempt = 0, wait = FIRST_WAIT_MS;
    attempt < ATTEMPTS;
    attempt++, wait = Math.min(2 * wait, LONGEST_WAIT_MS)
  ) {
    await sleep(wait, undefined, { ref: false });
    const done = await close(closing, ports).then(
      () => true,
      () => false,
    );
    if (done) return ports.log.info({ change: closing.changeId }, 'an outcome was recorded after all');
  }
}

async function close({ changeId, outcome, body, image }: Closing, { store }: Ports): Promise<void> {
  await store.close(changeId, outcome, body, image);
}
