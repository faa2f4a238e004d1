import { resolve } from 'node:path';
import { createApprovalSigner } from '../approval/signer.ts';
import { createClaimRules } from '../batches.ts';
import { findObstacle } from '../log/append.ts';
import type { EntryBody } from '../log/entry.ts';
import { unkeyedMac } from '../mac.ts';
import { consumedKeptMs } from '../nonce.ts';
import { createLivenessCheck, type ProcessId } from '../process-id.ts';
import { readActivity } from '../sql/activity.ts';
import { createSqlApprovals, type SqlAccess } from '../sql/approvals.ts';
import { createSqlBatches } from '../sql/batches.ts';
import { type Procedure, type Row, runNow } from '../sql/dialect.ts';
import { listChanges } from '../sql/list.ts';
import { createSqlNotices } from '../sql/notices.ts';
import { notePeople, readPeople } from '../sql/people.ts';
import { readPages, toTrail } from '../sql/rows.ts';
import { storable, storableUser } from '../storable.ts';
import type { OpenRequest, OpenResult, Store, StoreOptions } from '../store.ts';
import { createCalls } from './calls.ts';
import { createQuery, sqliteDialect } from './dialect.ts';
import type { SqliteDatabase } from './driver.ts';
import { prepareFile } from './file.ts';
import { createSqliteGuesses } from './guesses.ts';
import { createSqliteLog, toSqliteEntry } from './log.ts';
import { closeDatabase, openReady, type SqliteStoreOptions } from './open.ts';
import { column, prepareAll, toOpened } from './statements.ts';
import { createSqliteGroupCommit, whenFree } from './transaction.ts';
import type { WriteAheadLog } from './wal.ts';

/**
 * The store for one machine: a SQLite file that any number of processes share. Created if it does not exist (0600).
 * Throws an error with a message for the operator if the file cannot be used.
 */
export async function openSqliteStore(
  path: string,
  processId: ProcessId,
  options: SqliteStoreOptions = {},
): Promise<Store> {
  const file = resolve(path);
  await prepareFile(file);
  const { db, log } = await openReady(file, options);
  return createStore(db, log, file, processId, options);
}

function createStore(
  db: SqliteDatabase,
  log: WriteAheadLog,
  file: string,
  processId: ProcessId,
  options: StoreOptions,
): Store {
  const { now = Date.now, mac = unkeyedMac } = options;
  const sql = prepareAll(db);
  const query = createQuery(db);
  const run = <T>(procedure: Procedure<T>): T => runNow(procedure, query);
  const entries = createSqliteLog(sql, {
    ...{ file, processId, now, mac },
    onAppend: options.onAppend,
  });
  const { readHead, append, readLastMove } = entries;
  /** Changes of this process between their intent and their outcome. */
  let inFlight = 0;
  const commits = createSqliteGroupCommit(db, () => inFlight, entries);
  const calls = createCalls(file);
  const guarded = calls.run;
  const isAlive = createLivenessCheck(options);

  const write = <T>(work: () => T): Promise<T> =>
    guarded(async () => {
      const done = await commits.run(work);
      await flushed();
      return done;
    });
  const read = <T>(work: () => T): Promise<T> => guarded(() => whenFree(work));

  const access: SqlAccess = {
    read: (text, values = []) => read(() => query({ text, values })),
    write: (work) =>
      write(() =>
        run(
          work(function* (kind, entry) {
            append(kind, entry);
          }),
        ),
      ),
    now,
    signer: createApprovalSigner(mac, options.onAltered),
  };
  const approvals = createSqlApprovals(sqliteDialect, access);
  const { batches, purge: purgeBatches } = createSqlBatches(
    sqliteDialect,
    access,
    approvals,
    createClaimRules(processId, options),
  );
  const guesses = createSqliteGuesses(db, now);

  function open({ entry, since, nonce, approval, beforeImage, people }: OpenRequest): OpenResult {
    const isConsumed =
      (nonce !== undefined && sql.isConsumed.get(nonce.id) !== undefined) ||
      (approval !== undefined && !run(approvals.isUsable(approval)));
    const obstacle = findObstacle({ isConsumed, last: readLastMove(entry), since }, isAlive);
    if (obstacle) return obstacle;
    if (sql.wasOpened.get(storable(entry.changeId)) !== undefined) {
      throw new Error(`The change ${entry.changeId} was opened before.`);
    }
    if (people && !run(notePeople(sqliteDialect, people, now()))) return { kind: 'recounted' };
    const { seq } = append('opened', entry);
    sql.addOpen.run(seq);
    // The columns hold whole milliseconds only.
    if (nonce) sql.consume.run(nonce.id, Math.ceil(nonce.expiresAt));
    if (approval !== undefined && !run(approvals.use(approval, entry.changeId)))
      throw new Error('A yes was consumed by a process that did not hold the lock of the store.');
    if (beforeImage) sql.addBeforeImage.run(seq, beforeImage.sealed, Math.ceil(beforeImage.expiresAt));
    return { kind: 'opened', seq };
  }

  /** An outcome can be recovered, so it is flushed later and no caller waits for the disk. */
  function close(changeId: string, outcome: string, body: EntryBody, beforeImage?: Uint8Array): Promise<boolean> {
    const closing = commits.run(() => {
      const row = sql.findOpen.get(storable(changeId));
      if (row === undefined) return false;
      const { seq, ...opened } = toOpened(row);
      append('closed', { ...opened, outcome, body });
      sql.removeOpen.run(seq);
      if (beforeImage) sql.replaceBeforeImage.run(beforeImage, seq);
      return true;
    });
    const done = () => {
      inFlight = Math.max(0, inFlight - 1);
      log.flushSoon();
    };
    closing.then(done, done);
    return closing;
  }

  /** Also removes deleted data from the write-ahead log's file, unless another connection is reading it now. */
  const truncateLog = (): Promise<unknown> => whenFree(() => sql.truncateLog.get()).catch(() => {});

  /** A write that drops sealed data. */
  const erased = <T>(work: () => Promise<T>): Promise<T> =>
    guarded(async () => {
      const done = await work();
      await truncateLog();
      return done;
    });

  async function flushed(): Promise<void> {
    try {
      if (inFlight <= 1) log.flushBlocking();
      else await log.flush();
    } catch (error) {
      // After a failed flush, the system considers the data written (https://wiki.postgresql.org/wiki/Fsync_Errors):
      // continue without that log.
      await truncateLog();
      throw error;
    }
  }

  return {
    notBefore: 0,
    approvals: approvals.approvals,
    batches: {
      ...batches,
      open: (request) => erased(() => batches.open(request)),
      finish: (...finishing) => erased(() => batches.finish(...finishing)),
    },
    notices: createSqlNotices(sqliteDialect, access, processId),
    lastSeq: (user) =>
      read(() => {
        const { userId, provider, connection } = storableUser(user);
        return Number(column(sql.lastSeq.get(userId, provider, connection), 'seq') ?? 0);
      }),
    open: (request) =>
      guarded(async () => {
        const result = await commits.run(() => open(request));
        if (result.kind !== 'opened') return result;
        inFlight += 1;
        const { changeId, body } = request.entry;
        await flushed().catch(async (error: unknown) => {
          // Nothing will be sent: an open intent would only block this user.
          await close(changeId, 'failed', body).catch(() => {});
          throw error;
        });
        if (request.approval !== undefined) await truncateLog();
        return result;
      }),
    close: (...closing) => guarded(() => close(...closing)),
    attempt: (entry, nonce) =>
      write(() => {
        append('attempt', entry);
        if (nonce) sql.consumeOnce.run(nonce.id, Math.ceil(nonce.expiresAt));
      }),
    list: (filter) => read(() => run(listChanges(sqliteDialect, filter))),
    activity: (filter) => read(() => run(readActivity(sqliteDialect, filter))),
    entries: (afterSeq = 0) => readPages((last) => read(() => sql.rows.all(last).map(toSqliteEntry)), afterSeq),
    head: () =>
      read(() => {
        const { seq, hash } = readHead();
        return { seq, hash };
      }),
    signedHead: () => read(readHead),
    openIntents: () => read(() => sql.allOpen.all().map(toSqliteEntry)),
    inDoubt: async () => (await read(() => sql.allOpen.all().map(toSqliteEntry))).filter((entry) => !isAlive(entry)),
    beforeImage: (changeId) =>
      read(() => {
        const row = sql.beforeImage.get(storable(changeId), now());
        return row === undefined ? undefined : sqliteDialect.toBytes(column(row, 'sealed'));
      }),
    trail: (id) => read(() => toTrail(sql.trail.all(storable(id), now()) as Row[], sqliteDialect)),
    noteGuesses: (noted) =>
      guarded(async () => {
        const counts = await commits.run(() => noted.map(guesses.note));
        // A power cut may lose the most recent guesses, so no caller waits for the disk.
        log.flushSoon();
        return counts;
      }),
    readPeople: (windows) => read(() => run(readPeople(sqliteDialect, windows, now()))),
    notePeople: (notes) => write(() => run(notePeople(sqliteDialect, notes, now()))),
    async purgeExpired(time) {
      await write(() => {
        sql.purgeBeforeImages.run(time);
        sql.purgeConsumed.run(time - consumedKeptMs);
        run(approvals.purge(time));
        run(purgeBatches(time));
        guesses.purge(time);
      });
      await truncateLog();
    },
    stop: () => calls.stop(() => log.close().then(() => closeDatabase(db))),
  };
}
