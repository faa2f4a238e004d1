import { createHeadLog } from './app/head-log.ts';
import { createLogScrub } from './app/log-scrub.ts';
import { createNotices } from './app/notices.ts';
import { createStorage } from './app/storage.ts';
import { currentApprovers } from './approvals/oidc/current.ts';
import { ownCommandLine } from './cli/own-command.ts';
import type { Settings } from './config/load.ts';
import type { UsageError } from './errors.ts';
import type { FindPorts } from './find/find.ts';
import { createKeyedMutex } from './lib/async/keyed-mutex.ts';
import { lazy } from './lib/async/lazy.ts';
import { createLog, type Log } from './lib/log.ts';
import type { Telemetry } from './lib/telemetry.ts';
import type { NoticeLink } from './notify/notice.ts';
import { expiredPerCall } from './store/approvals.ts';
import type { Seal } from './store/seal.ts';
import type { Store } from './store/store.ts';
import type { Ports } from './update/ports.ts';

/** Shared by servers and commands. Everything that returns a promise is opened on first use, then kept. */
export interface App {
  settings: Settings;
  log: Log;
  store(): Promise<Store>;
  seal(): Promise<Seal>;
  /** The dependencies of the update pipeline. */
  ports(): Promise<Ports>;
  findPorts(): Promise<FindPorts>;
  /** Set by the server of the approval page: the address of a pending approval. */
  approvalLink?: (id: string) => Promise<string | undefined>;
  /**
   * Recovers in-doubt entries and ends interrupted batches of earlier processes, carries out undos that approvers agreed
   * to, and logs and deletes what has expired. Never throws.
   */
  maintain(): Promise<void>;
  /** Resolves if an earlier version of this program has the store open: a server has to stop then. */
  conflict: Promise<UsageError>;
  /** Closes the store, if it was opened. Callers drain their in-flight calls first. */
  shutdown(): Promise<void>;
}

export interface AppOptions {
  telemetry?: Telemetry;
  /** Logs the head of the audit log at start and stop, and delivers notices, as a server does and a command does not. */
  isServer?: boolean;
  /** How long to wait for a database that cannot be reached when the store is opened, in ms. */
  startUpMs?: number;
  /** Where people find approvals and changes, for notices. */
  noticeLink?: NoticeLink | undefined;
}

/** The composition root: builds what servers and commands share. Opens nothing yet. */
export function createApp(settings: Settings, options: AppOptions = {}): App {
  const { telemetry, isServer = false, startUpMs, noticeLink } = options;
  const log = createLog(settings.log, createLogScrub(settings));
  for (const notice of settings.notices) log.warn({}, notice);

  const headLog = isServer ? createHeadLog(log, () => seal()) : undefined;
  const notices = isServer ? createNotices(settings, { log, telemetry, link: noticeLink }) : undefined;
  const { store, seal, conflict } = createStorage(settings, log, {
    onOpened(opened) {
      headLog?.onOpened(opened);
      notices?.onOpened(opened);
    },
    onAppend: notices && (() => notices.onAppend()),
    startUpMs,
  });

  const upstream = { ...settings.limits, log, ...(telemetry && { telemetry }) };
  const records = lazy(async () => (await import('./upstream/records.ts')).createRecords(upstream));

  const { oidc } = settings.approvals;
  const approvers = async () => currentApprovers(await (await store()).approvals.approvers(), oidc);

  const lock = createKeyedMutex();
  const ports = lazy(async (): Promise<Ports> => {
    const { policy, redaction, confirmation, limits } = settings;
    return {
      records: await records(),
      store: await store(),
      seal: await seal(),
      policy,
      redaction,
      confirmation,
      approval: {
        ready: async () => oidc !== undefined || (await approvers()).length >= confirmation.approversNeeded,
        approvers,
        link: async (id) => await app.approvalLink?.(id),
        expiresMs: confirmation.approvalExpiresMs,
        needed: confirmation.approversNeeded,
        callerMayApprove: confirmation.callerMayApprove,
      },
      limits,
      lock,
      clock: { now: () => Date.now() },
      commandLine: ownCommandLine,
      log,
      ...(telemetry && { telemetry }),
    };
  });

  // A search writes nothing, so it needs no store.
  const findPorts = lazy(async (): Promise<FindPorts> => {
    const { createRunLookup } = await import('./upstream/search.ts');
    return { records: await records(), lookup: createRunLookup(upstream), deadlineMs: settings.limits.findMs };
  });

  const app: App = {
    settings,
    log,
    store,
    seal,
    ports,
    findPorts,
    async maintain() {
      try {
        await store();
        await headLog?.logStart();
        const { recoverAll } = await import('./update/write/recovery.ts');
        await recoverAll(settings.connections, await ports());
        const interrupted = await (await store()).batches.interrupted();
        if (interrupted.length > 0) {
          const { endInterrupted } = await import('./update/batch/run/interrupted.ts');
          await endInterrupted(interrupted, settings.connections, await ports());
        }
        const { runApprovedUndos } = await import('./approvals/undo/run.ts');
        await runApprovedUndos(settings.connections, await ports());
        await logExpired(await store());
        await (await store()).purgeExpired(Date.now());
      } catch (error) {
        log.error({ problem: String(error) }, 'maintenance failed: the store could not be opened');
      }
    },
    conflict,
    async shutdown() {
      if (!store.isStarted()) return;
      await notices?.stop();
      await headLog?.logStop(await store());
      await (await store()).stop();
    },
  };
  return app;
}

/** A request that no one answered in time is part of the audit log too. */
async function logExpired({ approvals }: Store): Promise<void> {
  while ((await approvals.logExpired()) === expiredPerCall);
}
