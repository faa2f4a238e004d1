import { setTimeout as sleep } from 'node:timers/promises';
import type { EntryBody } from '../../store/log/entry.ts';
import type { Ports } from '../ports.ts';

/** How an opened change ended. */
export interface Closing {
  changeId: string;
  outcome: string;
  body: EntryBody;
  beforeImage: Uint8Array | undefined;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
/** About two hours. A disk that stays full longer leaves the entry in doubt, for the next start to recover. */
const ATTEMPTS = 250;

/**
 * Records an outcome. If the store fails, retries while this process lives: as long as the intent stays open, no other
 * change of that user can start. Never throws.
 */
export async function closeEntry(closing: Closing, ports: Ports): Promise<void> {
  try {
    await close(closing, ports);
  } catch (error) {
    const facts = { change: closing.changeId, problem: String(error) };
    ports.log.error(facts, 'an outcome could not be recorded; retrying');
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
    if (done) return ports.log.info({ change: closing.changeId }, 'an outcome was recorded after a retry');
  }
}

async function close({ changeId, outcome, body, beforeImage }: Closing, { store }: Ports): Promise<void> {
  await store.close(changeId, outcome, body, beforeImage);
}
