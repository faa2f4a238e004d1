import { resolve } from 'node:path';
import { createApprovalSigner } from '../approval-mac.ts';
import { findObstacle, type LastMove, nextEntry } from '../log/append.ts';
import {
  type Entry,
  type EntryBody,
  type EntryKind,
  type NewEntry,
  type StoredEntry,
  type UserRef,
} from '../log/entry.ts';
import { continueHead, type SignedHead } from '../log/head.ts';
import { unkeyedMac } from '../mac.ts';
import { consumedKeptMs } from '../nonce.ts';
import { isAlive, type ProcessId } from '../process-id.ts';
import { storable, storableUser } from '../storable.ts';
import type { OpenRequest, OpenResult, Store, StoreOptions } from '../store.ts';
import { createSqliteApprovals } from './approvals.ts';
import { whenFree } from './busy.ts';
import type { SqliteDatabase } from './driver.ts';
import { toStoreError } from './errors.ts';
import { prepareFile } from './file.ts';
import { type Batch, createBatch } from './group-commit.ts';
import { createSqliteGuesses } from './guesses.ts';
import { listChanges } from './list.ts';
import { closeDatabase, openReady } from './open.ts';
import { column, fromRow, toBytes, toChange, toHead, toHeadValues, toText, toValues } from './rows.ts';
import { prepareAll } from './statements.ts';
import type { WriteAheadLog } from './wal.ts';

/**
 * The store of one machine: a SQLite file that any number of processes share. Made when it does not exist (0600). Throws
 * a sentence for the operator when the file cannot be used.
 */
export async function openSqliteStore(path: string, processId: ProcessId, options: StoreOptions = {}): Promise<Store> {
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
  const now = options.now ?? Date.now;
  const mac = options.mac ?? unkeyedMac;
  const sql = prepareAll(db);
  /** Changes of this process between their intent and their outcome. */
  let inFlight = 0;
  const batch = createBatch(db, () => inFlight);
  const unfinished = new Set<Promise<unknown>>();
  let stopping: Promise<void> | undefined;

  const lives = (entry: Entry): boolean =>
    isAlive(entry.owner, entry.at, {
      now: now(),
      ...(options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }),
    });

  /** One thing that is asked of the store, from its start to its end. */
  function guarded<T>(work: () => Promise<T>): Promise<T> {
    if (stopping) return Promise.reject(new Error('The store was stopped.'));
    const pending = work()
      .catch((error: unknown) => {
        throw toStoreError(error, file);
      })
      .finally(() => unfinished.delete(pending));
    unfinished.add(pending);
    return pending;
  }
  const write: Batch['run'] = (work) =>
    guarded(async () => {
      const done = await batch.run(work);
      await flushed();
      return done;
    });
  const read = <T>(work: () => T): Promise<T> => guarded(() => whenFree(work));

  const signer = createApprovalSigner(mac, options.onAltered);
  const desk = createSqliteApprovals(db, { read, write, now, signer });
  const guesses = createSqliteGuesses(db, now);

  function readHead(): SignedHead {
    const head = toHead(sql.head.get());
    if (!head) throw new Error(`The store ${file} was altered: the note of its newest row is gone.`);
    return head;
  }

  function append(kind: EntryKind, entry: NewEntry): StoredEntry {
    const head = readHead();
    const row = nextEntry(head, kind, entry, { processId, now: now(), mac });
    sql.append.run(...toValues(row));
    sql.setHead.run(...toHeadValues(continueHead(head, row, mac)));
    return row;
  }

  function readLastMove(person: UserRef): LastMove | undefined {
    const { userId, provider, connection } = storableUser(person);
    const row = sql.lastMove.get(userId, provider, connection);
    if (row === undefined) return undefined;
    const seq = Number(column(row, 'seq'));
    const kind = column(row, 'is_open') === 1 ? 'opened' : 'closed';
    return { seq, kind, entry: () => fromRow(sql.entry.get(seq)) };
  }

  function open({ entry, since, nonce: spend, approval, beforeImage: image }: OpenRequest): OpenResult {
    const isConsumed =
      (spend !== undefined && sql.isSpent.get(spend.id) !== undefined) ||
      (approval !== undefined && !desk.isUsable(approval));
    const obstacle = findObstacle({ isConsumed, last: readLastMove(entry), since }, lives);
    if (obstacle) return obstacle;
    if (sql.wasOpened.get(storable(entry.changeId)) !== undefined) {
      throw new Error(`The change ${entry.changeId} was opened before.`);
    }
    const { seq } = append('opened', entry);
    sql.addOpen.run(seq);
    // The columns take whole milliseconds only.
    if (spend) sql.spend.run(spend.id, Math.ceil(spend.expiresAt));
    if (approval !== undefined) desk.use(approval, entry.changeId);
    if (image) sql.addImage.run(seq, image.sealed, Math.ceil(image.expiresAt));
    return { kind: 'opened', seq };
  }

  /** What became of a change can be found out again: it follows to the disk when nobody waits. */
  function close(changeId: string, outcome: string, body: EntryBody, image?: Uint8Array): Promise<boolean> {
    const closing = batch.run(() => {
      const row = sql.findOpen.get(storable(changeId));
      if (row === undefined) return false;
      const opened = Number(column(row, 'seq'));
      append('closed', { ...toChange(row), outcome, body });
      sql.removeOpen.run(opened);
      if (image) sql.replaceImage.run(image, opened);
      return true;
    });
    const done = () => {
      inFlight = Math.max(0, inFlight - 1);
      log.flushSoon();
    };
    closing.then(done, done);
    return closing;
  }

  /** What was deleted is gone from the log's file too, unless somebody is reading it just now. */
  const scour = (): Promise<unknown> => whenFree(() => sql.emptyLog.get()).catch(() => {});

  const flushed = (): Promise<void> =>
    log.flush(inFlight <= 1).catch(async (error: unknown) => {
      // The system takes what it could not write for written (https://wiki.postgresql.org/wiki/Fsync_Errors): on from
      // here without that log.
      await scour();
      throw error;
    });

  async function* rows(afterSeq = 0): AsyncGenerator<Entry> {
    for (let last = afterSeq; ; ) {
      const page = await read(() => sql.rows.all(last).map(fromRow));
      yield* page;
      const end = page.at(-1);
      if (!end) return;
      last = end.seq;
    }
  }

  return {
    notBefore: 0,
    approvals: desk.approvals,
    lastSeq: (person) =>
      read(() => {
        const { userId, provider, connection } = storableUser(person);
        return Number(column(sql.lastSeq.get(userId, provider, connection), 'seq') ?? 0);
      }),
    open: (request) =>
      guarded(async () => {
        const result = await batch.run(() => open(request));
        if (result.kind !== 'opened') return result;
        inFlight += 1;
        const { changeId, body } = request.entry;
        await flushed().catch(async (error: unknown) => {
          // Nothing will be sent; nobody is to be kept from this person for it.
          await close(changeId, 'failed', body).catch(() => {});
          throw error;
        });
        if (request.approval !== undefined) await scour();
        return result;
      }),
    close: (...closing) => guarded(() => close(...closing)),
    attempt: (entry, spend) =>
      write(() => {
        append('attempt', entry);
        if (spend) sql.spendOnce.run(spend.id, Math.ceil(spend.expiresAt));
      }),
    list: (filter) => read(() => listChanges(db, filter)),
    rows,
    head: () =>
      read(() => {
        const { seq, hash } = readHead();
        return { seq, hash };
      }),
    signedHead: () => read(readHead),
    inDoubt: () =>
      read(() =>
        sql.allOpen
          .all()
          .map(fromRow)
          .filter((entry) => !lives(entry)),
      ),
    beforeImage: (changeId) =>
      read(() => {
        const row = sql.image.get(storable(changeId), now());
        return row === undefined ? undefined : toBytes(column(row, 'sealed'));
      }),
    noteGuesses: (noted) =>
      guarded(async () => {
        const counts = await batch.run(() => noted.map(guesses.note));
        // A power cut may forget the last moment's guesses; nobody waits for the disk for them.
        log.flushSoon();
        return counts;
      }),
    async purgeExpired(time) {
      await write(() => {
        sql.sweepImages.run(time);
        sql.sweepSpent.run(time - consumedKeptMs);
        desk.sweep(time);
        guesses.sweep(time);
      });
      await scour();
    },
    stop() {
      stopping ??= Promise.allSettled(unfinished)
        .then(log.close)
        .then(() => closeDatabase(db));
      return stopping;
    },
  };
}
