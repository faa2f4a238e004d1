import { lazy } from '../lib/async/lazy.ts';
import type { Log } from '../lib/log.ts';
import type { Telemetry } from '../lib/telemetry.ts';
import { splitIds } from '../lib/text/name-list.ts';
import { quoteName } from '../lib/text/quote.ts';
import type { Provider } from '../providers/provider.ts';
import type { Entry } from '../store/log/entry.ts';
import type { Store } from '../store/store.ts';
import type { Connection } from '../update/types.ts';
import { createDelivery, type Deliver, targetId } from './delivery.ts';
import type { NoticeTarget, NoticeType } from './events.ts';
import { toBody } from './formats.ts';
import { type NoticeContext, type NoticeLink, toNotice } from './notice.ts';
import { type NoticeMessage, type Send, send } from './send.ts';
import { noticeText, shownApprover } from './text.ts';

/** Tells targets of what the audit log says, as long as a server runs. */
export interface Notifier {
  /** An entry was appended. */
  wake(): void;
  /** Delivers what is due for a second at most. The rest is left to the next server: the cursor stays where it is. */
  stop(): Promise<void>;
}

export interface NotifierOptions {
  targets: readonly NoticeTarget[];
  connections: readonly Connection[];
  providers: readonly Provider[];
  /** The newest entry when this process began: a target that is new starts after it. */
  startSeq(): Promise<number>;
  link: NoticeLink;
  log: Log;
  telemetry?: Telemetry | undefined;
  send?: Send;
  now?: () => number;
  /** How often to look for entries of other processes. */
  pollMs?: number;
}

const POLL_MS = 2000;
/** A transaction ends within it, and a burst of entries is one. */
const WAKE_MS = 20;
/** How long deliveries may go on when the process stops. */
const STOP_MS = 1000;

export function startNotifier(store: Store, options: NotifierOptions): Notifier {
  const { targets, log, pollMs = POLL_MS, now = Date.now } = options;
  const stopping = new AbortController();
  const context: NoticeContext = { link: options.link, provider: createFindProvider(options) };
  const couriers = targets.map((target) => {
    const deliver = createDelivery(target, {
      store,
      now,
      send: options.send ?? send,
      toMessage: (to, entry, type) => toMessage(to, entry, type, context),
      log,
      telemetry: options.telemetry,
      signal: stopping.signal,
    });
    return createCourier(deliver, { log, now });
  });
  const registered = lazy(async () => {
    const seq = await options.startSeq();
    for (const target of targets) await store.notices.register(targetId(target), seq);
  });

  let seen = -1;
  let isBroken = false;
  let isStopped = false;
  let looking: Promise<void> = Promise.resolve();
  let polling: NodeJS.Timeout | undefined;
  let waking: NodeJS.Timeout | undefined;

  /** One read, unless there is something new. */
  async function lookOnce(): Promise<void> {
    try {
      await registered();
      const { seq } = await store.head();
      for (const courier of couriers) if (seq !== seen || courier.isDue()) courier.wake();
      seen = seq;
      isBroken = false;
    } catch (error) {
      if (!isBroken && !isStopped) log.warn({ problem: nameOf(error) }, 'notices wait for the store');
      isBroken = true;
    }
  }

  async function look(): Promise<void> {
    looking = looking.then(lookOnce);
    await looking;
  }

  function poll(): void {
    void look().then(() => {
      if (!isStopped) polling = setTimeout(poll, pollMs).unref();
    });
  }
  poll();

  return {
    wake() {
      if (isStopped) return;
      waking ??= setTimeout(() => {
        waking = undefined;
        void look();
      }, WAKE_MS).unref();
    },
    async stop() {
      isStopped = true;
      clearTimeout(polling);
      clearTimeout(waking);
      const abort = setTimeout(() => stopping.abort(), STOP_MS);
      await look();
      await Promise.all(couriers.map((courier) => courier.stop()));
      clearTimeout(abort);
      stopping.abort();
    },
  };
}

/** Runs one delivery at a time, and again when there is something new or when a wait is over. */
function createCourier(deliver: Deliver, { log, now }: { log: Log; now: () => number }) {
  let running: Promise<void> | undefined;
  let isAgain = false;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let dueAt = Number.POSITIVE_INFINITY;

  async function run(): Promise<void> {
    do {
      isAgain = false;
      try {
        dueAt = Number.POSITIVE_INFINITY;
        const at = await deliver();
        dueAt = at ?? dueAt;
        clearTimeout(timer);
        // Timers of Node have a maximum, and a wait at most ten minutes.
        if (at !== undefined && !isStopped) timer = setTimeout(wake, Math.max(at - now(), 100)).unref();
      } catch (error) {
        log.warn({ problem: nameOf(error) }, 'notices could not be delivered');
        if (!isStopped) timer = setTimeout(wake, FAILED_MS).unref();
      }
    } while (isAgain && !isStopped);
    running = undefined;
  }

  function wake(): void {
    isAgain = true;
    if (!isStopped) running ??= run();
  }
  return {
    wake,
    /** A timer may be late, after the machine slept. */
    isDue: () => dueAt <= now(),
    /** Resolves when what is due now was tried. */
    async stop() {
      await running;
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

const FAILED_MS = 5000;

function toMessage(target: NoticeTarget, entry: Entry, type: NoticeType, context: NoticeContext): NoticeMessage {
  const notice = toNotice(entry, type, context);
  const title = titlesOf(entry.provider, context);
  const approver = shownApprover(entry.body.approver);
  const text = () => noticeText(notice, { title, ...(approver !== undefined && { approver }) });
  return { id: notice.id, body: toBody(target.format, notice, text) };
}

const MOST_TITLES = 10;

/** The products' names; a batch is at several. */
function titlesOf(providers: string, { provider }: NoticeContext): string {
  const titles = splitIds(providers).map((id) => provider(id)?.title ?? quoteName(id));
  const more = titles.length - MOST_TITLES;
  return more > 0 ? `${titles.slice(0, MOST_TITLES).join(', ')} and ${more} more` : titles.join(', ');
}

/** Providers of other instances' connections are found among those that are not connected here. */
function createFindProvider({
  connections,
  providers,
}: Pick<NotifierOptions, 'connections' | 'providers'>): NoticeContext['provider'] {
  const known = [...connections.map(({ provider }) => provider), ...providers];
  return (id) => known.find((one) => one.id === id);
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}
