import { AppError } from '../../errors.ts';
import { startDeadline } from '../../lib/async/deadline.ts';
import { type JsonObject, valueAt } from '../../lib/json/json-value.ts';
import type { Field } from '../../providers/provider.ts';
import type { Entry } from '../../store/store.ts';
import { isSame } from '../plan/compare.ts';
import { isSeen } from '../plan/equivalent.ts';
import { compareField } from '../plan/leaf-changes.ts';
import { readField } from '../plan/plan-field.ts';
import type { Ports } from '../ports.ts';
import type { Connection } from '../types.ts';
import { type Image, type ImageChange, readImage } from './before-image.ts';

/** A write whose process died may still be on its way through the vendor's stack for this long. */
const SETTLE_MS = 3000;

/** Closes every intent a dead process left open, by reading the record. Runs at every start, and never throws. */
export async function reconcile(connections: readonly Connection[], ports: Ports): Promise<void> {
  try {
    for (const entry of await ports.store.inDoubt()) {
      const connection = connections.find(
        ({ name, provider }) => name === entry.connection && provider.id === entry.provider,
      );
      if (!connection) continue;
      await settleOrphan(entry, connection, ports);
    }
  } catch (error) {
    ports.log.error(
      { problem: error instanceof Error ? error.name : 'unknown' },
      'open entries could not be reconciled',
    );
  }
}

/**
 * Closes one open intent with the truth: the record shows the new values, or the old ones, or it cannot be told.
 * Nothing is ever sent again.
 */
export async function settleOrphan(entry: Entry, connection: Connection, ports: Ports): Promise<void> {
  const age = Date.now() - Date.parse(entry.at);
  if (age < SETTLE_MS) await new Promise((resolve) => setTimeout(resolve, SETTLE_MS - age));
  const { outcome, message } = await findOut(entry, connection, ports);
  const code = outcome === 'updated' ? {} : { code: outcome === 'failed' ? 'internal' : outcome };
  const detail = outcome === 'unverified' && { detail: message };
  await ports.store.close(entry.changeId, outcome, { ...entry.body, ...code, ...detail, message });
  ports.log.info({ change: entry.changeId, outcome }, 'an interrupted change was settled by reading the record');
}

interface Found {
  outcome: 'updated' | 'failed' | 'unverified';
  message: string;
}

async function findOut(entry: Entry, connection: Connection, ports: Ports): Promise<Found> {
  const image = await openImage(entry, ports);
  if (!image) return { outcome: 'unverified', message: 'interrupted; its image cannot be opened with the present key' };
  if (image.changes.length === 0)
    return { outcome: 'unverified', message: 'interrupted; a secret cannot be read back' };
  try {
    const within = startDeadline(ports.limits.callMs, undefined, { change: entry.changeId });
    const { record } = await ports.records.read(connection, entry.userId, within);
    const shows = (side: 'before' | 'after', isLike: typeof isSame) =>
      image.changes.every((change) => {
        const definition = connection.provider.fields[change.field];
        return definition && isShowing(record, definition, change, side, isLike);
      });
    const updated: Found = { outcome: 'updated', message: 'interrupted; the record shows the new values' };
    if (shows('after', isSame)) return updated;
    if (shows('before', isSame)) return { outcome: 'failed', message: 'interrupted; the record shows the old values' };
    if (shows('after', isSeen)) return updated;
    return { outcome: 'unverified', message: 'interrupted; the record shows neither the old nor the new values' };
  } catch (error) {
    if (error instanceof AppError)
      return { outcome: 'unverified', message: `interrupted; the record cannot be read (${error.code})` };
    throw error;
  }
}

function isShowing(
  record: JsonObject,
  definition: Field,
  change: ImageChange,
  side: 'before' | 'after',
  isLike: typeof isSame,
): boolean {
  const held = readField(record, change.field, definition);
  if (definition.merge) return compareField(change.field, definition, held, change[side]).leaves.length === 0;
  if (isLike(held, change[side], definition.compare)) return true;
  // What was in the first of two places may have been nothing, while the second one held a value.
  return side === 'before' && isLike(valueAt(record, [change.field]), change.before, definition.compare);
}

/** Undefined where there is none, or where it was sealed with another key. */
async function openImage(entry: Entry, ports: Ports): Promise<Image | undefined> {
  try {
    return await readImage(entry.changeId, ports);
  } catch {
    return undefined;
  }
}
