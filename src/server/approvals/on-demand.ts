import type { App } from '../../app.ts';
import type { Listener } from './loopback-server.ts';

export interface LocalPage {
  /** Stops listening; `parts` gives no links any more. */
  close(): Promise<void>;
}

export interface LocalPageTimes {
  /** How often it is looked whether anything is still pending. */
  checkMs: number;
  /** How long the page stays after the last request or link, so that whoever decided sees what happens next. */
  lingerMs: number;
}

/**
 * The approval page of a stdio server: nothing listens until the first link is asked for, and nothing does once nothing
 * is pending any more and no yes is unused. Where no listener can be had there is no link; approvers then decide at the
 * terminal.
 */
export function serveWhilePending(
  app: App,
  { checkMs, lingerMs }: LocalPageTimes = { checkMs: 15_000, lingerMs: 60_000 },
): LocalPage {
  let listening: Promise<Listener> | undefined;
  let linkedAt = 0;
  let timer: NodeJS.Timeout | undefined;

  app.approvalLink = async (id) => {
    linkedAt = Date.now();
    try {
      listening ??= import('./loopback-server.ts').then(({ listenOnLoopback }) => listenOnLoopback(app));
      timer ??= setInterval(() => void closeIfDone(), checkMs).unref();
      return `${(await listening).url}/${id}`;
    } catch (error) {
      await stop();
      app.log.warn({ problem: error instanceof Error ? error.message : 'unknown' }, 'no approval page');
      return undefined;
    }
  };

  async function closeIfDone(): Promise<void> {
    try {
      const listener = await listening;
      if (!listener || (await isNeeded())) return;
      // Looked at after the count: a link given meanwhile is for a request the count did not see.
      if (Date.now() - Math.max(linkedAt, listener.lastRequest()) > lingerMs) await stop();
    } catch (error) {
      app.log.warn({ problem: error instanceof Error ? error.message : 'unknown' }, 'pending approvals not counted');
    }
  }

  /** Whether there is anything to decide, or a yes that may be taken back. */
  async function isNeeded(): Promise<boolean> {
    const { approvals } = await app.store();
    if ((await approvals.countPending()) > 0) return true;
    return (await approvals.live({ state: 'approved', limit: 1 })).length > 0;
  }

  async function stop(): Promise<void> {
    clearInterval(timer);
    timer = undefined;
    const ended = listening;
    listening = undefined;
    await ended?.then((listener) => listener.close()).catch(() => {});
  }

  return {
    async close() {
      delete app.approvalLink;
      await stop();
    },
  };
}
