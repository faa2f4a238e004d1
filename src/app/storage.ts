import { resolve } from 'node:path';
import { ownCommandLine } from '../cli/own-command.ts';
import type { Settings } from '../config/load.ts';
import { keyFileOf } from '../config/paths.ts';
import { AppError, UsageError } from '../errors.ts';
import { type Lazy, lazy } from '../lib/async/lazy.ts';
import type { Log } from '../lib/log.ts';
import type { OnAltered } from '../store/approvals.ts';
import type { StartUpWait } from '../store/postgres/start-up.ts';
import type { PostgresStoreOptions } from '../store/postgres/store.ts';
import { createProcessId } from '../store/process-id.ts';
import type { Seal } from '../store/seal.ts';
import type { Store } from '../store/store.ts';

/** The store and the key that signs its rows, both opened on first use to keep startup fast. */
export interface Storage {
  store: Lazy<Store>;
  seal: Lazy<Seal>;
  /** Resolves if an earlier version of this program has the store open: a server has to stop then. */
  conflict: Promise<UsageError>;
}

export interface StorageOptions {
  /** Called before anything is written to the store. */
  onOpened(store: Store): void;
  /** Called when an entry is appended. */
  onAppend?: (() => void) | undefined;
  /** How long to wait for a database that cannot be reached. Without it as long as for any other statement. */
  startUpMs?: number | undefined;
}

export function createStorage(
  settings: Settings,
  log: Log,
  { onOpened, onAppend, startUpMs }: StorageOptions,
): Storage {
  let reportConflict: (error: UsageError) => void = () => {};
  const conflict = new Promise<UsageError>((report) => {
    reportConflict = report;
  });
  const seal = lazy(() => orConfigurationError(openSeal(settings), settings.names.key));
  const store = lazy(async () => {
    const setting = settings.names.store;
    // The key file is next to the store file. If that folder cannot be used, the store setting is the one to report.
    if (settings.store.kind === 'file') await orConfigurationError(prepareFolder(settings.store.path), setting);
    const { mac } = await seal();
    try {
      const options = {
        mac,
        ...(onAppend && { onAppend }),
        ...integrityLog(log),
        startUp: startUpMs === undefined ? undefined : startUp(startUpMs, log),
      };
      const opened = await orConfigurationError(openStore(settings, options), setting);
      onOpened(opened);
      return opened;
    } catch (error) {
      if (error instanceof AppError && isNamed(error.cause, 'StoreInUse'))
        reportConflict(new UsageError(error.message));
      throw error;
    }
  });
  return { store, seal, conflict };
}

/** Open failures are configuration errors. The message is written by the store, holds no values and is safe to show. */
async function orConfigurationError<T>(opening: Promise<T>, setting: string): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    const problem = error instanceof Error ? error.message : `${setting} cannot be used.`;
    const next = `The operator has to correct ${setting}; ${ownCommandLine('doctor')} checks it.`;
    throw new AppError('internal', problem, { cause: error, facts: { next, setting } });
  }
}

/** Whether a store could not be opened because its database was not there, which may change by itself. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof AppError && isNamed(error.cause, 'StoreUnreachable');
}

/** Compared by name: the classes are part of the store, which is loaded only when it is opened. */
function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

function startUp(ms: number, log: Log): StartUpWait {
  return {
    ms,
    onWait(problem, reason) {
      log.warn({ problem, reason, seconds: Math.round(ms / 1000) }, 'waiting for the store');
    },
  };
}

/** Logs what the store finds wrong with the signatures of its rows. */
function integrityLog(log: Log): { onSigned: () => void; onAltered: OnAltered } {
  return {
    onSigned() {
      log.warn(
        {},
        'the store is from an earlier version: its rows, approvers included, were signed as they were found',
      );
    },
    onAltered(what, why) {
      if (why === 'broken') log.error({ what }, 'altered in the database, therefore not valid');
      else log.warn({ what }, 'signed with an unknown key, therefore not valid');
    },
  };
}

async function prepareFolder(path: string): Promise<void> {
  const { prepareFile } = await import('../store/sqlite/file.ts');
  await prepareFile(resolve(path));
}

async function openStore({ store }: Settings, options: PostgresStoreOptions): Promise<Store> {
  const processId = createProcessId();
  switch (store.kind) {
    case 'memory':
      return (await import('../store/memory/store.ts')).createMemoryStore(processId, options);
    case 'file':
      return await (await import('../store/sqlite/store.ts')).openSqliteStore(store.path, processId, options);
    case 'postgres':
      return await (await import('../store/postgres/store.ts')).openPostgresStore(store.url, processId, options);
  }
}

async function openSeal({ store, key, oldKeys }: Settings): Promise<Seal> {
  const { createSeal } = await import('../store/seal.ts');
  const { loadKey } = await import('../store/key.ts');
  const old = await Promise.all(oldKeys.map((configured) => loadKey({ configured })));
  if (store.kind === 'memory' && key === undefined) return createSeal(crypto.getRandomValues(new Uint8Array(32)), old);
  const file = keyFileOf(store, process.env);
  return createSeal(await loadKey({ ...(key !== undefined && { configured: key }), file }), old);
}
