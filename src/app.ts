import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from './config/load.ts';
import { keyFileOf } from './config/paths.ts';
import { AppError, UsageError } from './errors.ts';
import type { FindPorts } from './find/find.ts';
import { lazy } from './lib/async/lazy.ts';
import { createLog, type Log } from './lib/log.ts';
import type { Observer } from './lib/telemetry.ts';
import type { OnAltered } from './store/approval-mac.ts';
import type { StoreOptions } from './store/log/entry.ts';
import type { SignedHead } from './store/log/head.ts';
import { createProcessId } from './store/process-id.ts';
import type { Seal } from './store/seal.ts';
import type { Store } from './store/store.ts';
import type { Ports } from './update/ports.ts';
import { credentialTexts } from './update/redact/credentials.ts';
import { makeScrub, type Scrub } from './update/redact/scrub.ts';

/** The house put together once. Store, key and HTTP client are opened with the first call, so that a start stays short. */
export interface App {
  settings: Settings;
  log: Log;
  ports(): Promise<Ports>;
  find(): Promise<FindPorts>;
  seal(): Promise<Seal>;
  store(): Promise<Store>;
  /** Closes what an earlier process left open and drops what is over its time. Never throws. */
  maintain(): Promise<void>;
  /** Set by whoever serves the approval page: where a person finds a pending approval. */
  page?: (id: string) => Promise<string | undefined>;
  /** Resolves when a server must not go on: an earlier version uses its store. */
  refused: Promise<UsageError>;
  /** Set by a server: its log has the head of the audit log from its start and its stop. */
  serves?: boolean;
  stop(): Promise<void>;
}

/** `observe` is told what happens, for metrics; nobody is where there is none. */
export function createApp(settings: Settings, observe?: Observer): App {
  let scrub: Scrub | undefined;
  const log = createLog(settings.log, (text) => {
    scrub ??= makeScrub(credentialsOf(settings));
    return scrub(text);
  });
  for (const notice of settings.notices) log.warn({}, notice);
  const upstream = { ...settings.limits, log, ...(observe && { observe }) };
  const seal = lazy(() => usable(openSeal(settings), settings.names.key));
  const store = lazy(async () => {
    // The key is kept beside the store: where that cannot be, the store is what is wrong.
    if (settings.store.kind === 'file') await usable(preparePlace(settings.store.path), settings.names.store);
    // What the store holds counts only with this server's MAC on it, and that takes the key.
    const { mac } = await seal();
    const opened = await usable(openStore(settings, { mac, onAltered, onSigned }), settings.names.store).catch(
      (error: unknown) => {
        if (error instanceof AppError && isStoreInUse(error.cause)) refuse(new UsageError(error.message));
        throw error;
      },
    );
    // Read before anything is written, and logged once a call does not wait for it.
    if (app.serves) startHead = opened.signedHead();
    return opened;
  });
  const onSigned = (): void => {
    log.warn({}, 'the store is of an earlier version: what it holds was signed as it was found, approvers included');
  };
  const onAltered: OnAltered = (what, why) => {
    if (why === 'broken') log.error({ what }, 'altered in the database, and therefore not valid');
    else log.warn({ what }, 'signed with a key that is not known here, and therefore not valid');
  };
  const records = lazy(async () => (await import('./upstream/records.ts')).createRecords(upstream));
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
        ready: async () => (await (await store()).approvals.approvers()).length >= confirmation.approversNeeded,
        link: async (id) => await app.page?.(id),
        expiresMs: confirmation.approvalExpiresMs,
        needed: confirmation.approversNeeded,
        callerMayApprove: confirmation.callerMayApprove,
      },
      limits,
      log,
      ...(observe && { observe }),
    };
  });
  const find = lazy(async (): Promise<FindPorts> => {
    const { createLookups } = await import('./upstream/search.ts');
    // Without the store: looking somebody up leaves nothing behind.
    return { records: await records(), lookup: createLookups(upstream), deadlineMs: settings.limits.findMs };
  });
  let startHead: Promise<SignedHead> | undefined;
  const logHead = async (when: 'start' | 'stop', reading: Promise<SignedHead>): Promise<void> => {
    const { checkHead } = await import('./store/log/head.ts');
    const head = await reading;
    const facts = { when, seq: head.seq, head: head.hash };
    if (checkHead(head, (await seal()).mac) === 'holds') log.info(facts, 'head of the audit log');
    else log.error(facts, 'head of the audit log, without a MAC of a known key: run update-user-mcp changes verify');
  };
  const logStart = async (): Promise<void> => {
    const reading = startHead;
    startHead = undefined;
    if (reading) await logHead('start', reading);
  };
  const logStop = async (): Promise<void> => {
    await logStart();
    await logHead('stop', (await store()).signedHead());
  };
  const { promise: refused, resolve: refuse } = deferred<UsageError>();
  const app: App = {
    settings,
    refused,
    log,
    ports,
    find,
    seal,
    store,
    async maintain() {
      try {
        await store();
        await logStart();
        const { reconcile } = await import('./update/write/recovery.ts');
        await reconcile(settings.connections, await ports());
        await (await store()).sweep(Date.now());
      } catch (error) {
        log.error({ problem: String(error) }, 'the store could not be opened');
      }
    },
    async stop() {
      if (!store.begun()) return;
      if (app.serves) await Promise.race([logStop().catch(() => {}), sleep(HEAD_MS, undefined, { ref: false })]);
      await (await store()).stop();
    },
  };
  return app;
}

/** Not by its class, which comes with the store and is loaded as late as that. */
function isStoreInUse(error: unknown): boolean {
  return error instanceof Error && error.name === 'StoreInUse';
}

function deferred<T>(): { promise: Promise<T>; resolve(value: T): void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** A database that is gone must not keep the server from stopping. */
const HEAD_MS = 1000;

/** What cannot be opened is the operator's to mend. The sentence is the store's own, and holds no value. */
async function usable<T>(opening: Promise<T>, setting: string): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    const problem = error instanceof Error ? error.message : `${setting} cannot be used.`;
    const next = `The operator has to put ${setting} right; update-user-mcp doctor tells whether it is.`;
    throw new AppError('internal', problem, { cause: error, facts: { next, setting } });
  }
}

async function preparePlace(path: string): Promise<void> {
  const { prepareFile } = await import('./store/sqlite/file.ts');
  await prepareFile(resolve(path));
}

async function openStore({ store }: Settings, options: StoreOptions): Promise<Store> {
  const owner = createProcessId();
  switch (store.kind) {
    case 'memory':
      return (await import('./store/memory/store.ts')).createMemoryStore(owner, options);
    case 'file':
      return await (await import('./store/sqlite/store.ts')).openSqliteStore(store.path, owner, options);
    case 'postgres':
      return await (await import('./store/postgres/store.ts')).openPostgresStore(store.url, owner, options);
  }
}

async function openSeal({ store, key, oldKeys }: Settings): Promise<Seal> {
  const { createSeal } = await import('./store/seal.ts');
  const { loadKey } = await import('./store/key.ts');
  const old = await Promise.all(oldKeys.map((configured) => loadKey({ configured })));
  if (store.kind === 'memory' && key === undefined) return createSeal(crypto.getRandomValues(new Uint8Array(32)), old);
  const file = keyFileOf(store, process.env);
  return createSeal(await loadKey({ ...(key !== undefined && { configured: key }), file }), old);
}

function credentialsOf({ connections, key, oldKeys }: Settings): string[] {
  const keys = [key, ...oldKeys].filter((value) => value !== undefined);
  return [...connections.flatMap(credentialTexts), ...keys];
}
