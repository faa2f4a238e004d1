import type { Settings } from '../config/load.ts';
import type { Log } from '../lib/log.ts';
import type { Telemetry } from '../lib/telemetry.ts';
import type { NoticeLink } from '../notify/notice.ts';
import type { Notifier } from '../notify/notifier.ts';
import type { Store } from '../store/store.ts';

/** The notices of a server, loaded with the store and only if there are targets. */
export interface AppNotices {
  /** Reads where new targets begin, before anything is written. */
  onOpened(store: Store): void;
  onAppend(): void;
  /** Never throws. */
  stop(): Promise<void>;
}

export interface NoticesOptions {
  log: Log;
  telemetry?: Telemetry | undefined;
  link?: NoticeLink | undefined;
}

export function createNotices(settings: Settings, { log, telemetry, link }: NoticesOptions): AppNotices | undefined {
  const { notify: targets, connections, providers } = settings;
  if (targets.length === 0) return undefined;
  let starting: Promise<Notifier | undefined> | undefined;
  let notifier: Notifier | undefined;

  async function start(store: Store, startSeq: Promise<number>): Promise<Notifier> {
    const { startNotifier } = await import('../notify/notifier.ts');
    notifier = startNotifier(store, {
      targets,
      connections,
      providers,
      startSeq: () => startSeq.catch(async () => (await store.head()).seq),
      link: (...to) => link?.(...to),
      log,
      telemetry,
    });
    return notifier;
  }
  return {
    onOpened(store) {
      const startSeq = store.head().then(({ seq }) => seq);
      // It is handled where it is awaited.
      startSeq.catch(() => {});
      starting = start(store, startSeq).catch((error: unknown) => {
        log.error({ problem: String(error) }, 'notices could not be started');
        return undefined;
      });
    },
    onAppend: () => notifier?.wake(),
    async stop() {
      await (await starting)?.stop().catch(() => {});
    },
  };
}
