import type { App } from '../../app.ts';
import type { LoopbackServer } from './loopback-server.ts';

export interface OnDemandPage {
  /** Stops listening; from then on `app` creates no links. */
  close(): Promise<void>;
}

export interface OnDemandTimes {
  /** How often to check whether anything is still pending. */
  checkMs: number;
  /** How long the page stays after the last request or link, so that an approver sees what happens next. */
  lingerMs: number;
}

/**
 * The approval page of a stdio server. It starts listening with the first link, and stops when nothing is pending and
 * no yes is unused. If it cannot listen, there is no link; approvers then decide at the terminal.
 */
export function serveWhilePending(
  app: App,
  { checkMs, lingerMs }: OnDemandTimes = { checkMs: 15_000, lingerMs: 60_000 },
): OnDemandPage {
  let starting: Promise<LoopbackServer> | undefined;
  let linkedAt = 0;
  let timer: NodeJS.Timeout | undefined;

  app.approvalLink = async (id) => {
    linkedAt = Date.now();
    try {
      starting ??= import('./loopback-server.ts').then(({ startLoopbackServer }) => startLoopbackServer(app));
      timer ??= setInterval(() => void closeIfDone(), checkMs).unref();
      return `${(await starting).url}/${id}`;
    } catch (error) {
      await stop();
      app.log.warn(
        { problem: error instanceof Error ? error.message : 'unknown' },
        'the approval page could not be started',
      );
      return undefined;
    }
  };

  async function closeIfDone(): Promise<void> {
    try {
      const server = await starting;
      if (!server || (await isNeeded())) return;
      // Checked after the count: a link given meanwhile is for a request the count did not see.
      if (Date.now() - Math.max(linkedAt, server.lastRequest()) > lingerMs) await stop();
    } catch (error) {
      app.log.warn(
        { problem: error instanceof Error ? error.message : 'unknown' },
        'pending approvals could not be counted',
      );
    }
  }

  /** Whether there is anything to decide, or a yes that can be taken back. */
  async function isNeeded(): Promise<boolean> {
    const { approvals } = await app.store();
    if ((await approvals.countPending()) > 0) return true;
    return (await approvals.listUnexpired({ state: 'approved', limit: 1 })).length > 0;
  }

  async function stop(): Promise<void> {
    clearInterval(timer);
    timer = undefined;
    const stopping = starting;
    starting = undefined;
    await stopping?.then((server) => server.close()).catch(() => {});
  }

  return {
    async close() {
      delete app.approvalLink;
      await stop();
    },
  };
}
