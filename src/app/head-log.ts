import { setTimeout as sleep } from 'node:timers/promises';
import { ownCommandLine } from '../cli/own-command.ts';
import type { Log } from '../lib/log.ts';
import type { SignedHead } from '../store/log/head.ts';
import type { Seal } from '../store/seal.ts';
import type { Store } from '../store/store.ts';

/**
 * Logs the head of the audit log when a server starts and when it stops: an operator who keeps the logs elsewhere can
 * tell whether entries were deleted from the database in between.
 */
export interface HeadLog {
  /** Reads the head of a store that was just opened, before anything is written. */
  onOpened(store: Store): void;
  /** Logs the head that `onOpened` read, once. */
  logStart(): Promise<void>;
  /** Never throws, and gives up after a second: an unreachable database must not block shutdown. */
  logStop(store: Store): Promise<void>;
}

const STOP_MS = 1000;

export function createHeadLog(log: Log, seal: () => Promise<Seal>): HeadLog {
  let atStart: Promise<SignedHead> | undefined;

  const write = async (when: 'start' | 'stop', reading: Promise<SignedHead>): Promise<void> => {
    const { checkHead } = await import('../store/log/head.ts');
    const head = await reading;
    const facts = { when, seq: head.seq, head: head.hash };
    if (checkHead(head, (await seal()).mac) === 'holds') log.info(facts, 'head of the audit log');
    else
      log.error(
        facts,
        `head of the audit log, not signed with a known key: run ${ownCommandLine('changes', 'verify')}`,
      );
  };
  const logStart = async (): Promise<void> => {
    const reading = atStart;
    atStart = undefined;
    if (reading) await write('start', reading);
  };
  const logBoth = async (store: Store): Promise<void> => {
    await logStart();
    await write('stop', store.signedHead());
  };
  return {
    onOpened(store) {
      atStart = store.signedHead();
      // Reported by `logStart`; until then a rejection must not end the process.
      atStart.catch(() => {});
    },
    logStart,
    async logStop(store) {
      await Promise.race([logBoth(store).catch(() => {}), sleep(STOP_MS, undefined, { ref: false })]);
    },
  };
}
