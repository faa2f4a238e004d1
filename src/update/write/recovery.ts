import { AppError } from '../../errors.ts';
import { startDeadline } from '../../lib/async/deadline.ts';
import { type JsonObject, valueAt } from '../../lib/json/json-value.ts';
import type { Field } from '../../providers/field.ts';
import { removingField } from '../../providers/interpret/warning.ts';
import type { Entry } from '../../store/log/entry.ts';
import { isSame, matchesTarget } from '../plan/compare.ts';
import { compareField } from '../plan/leaf-changes.ts';
import { readField } from '../plan/plan-field.ts';
import type { Ports } from '../ports.ts';
import { type RecoveryFinding, recoveryMessage } from '../results/recovery-message.ts';
import type { Connection } from '../types.ts';
import { type BeforeImage, type BeforeImageChange, readBeforeImage } from './before-image.ts';
import { lagOf } from './reread.ts';

/** A write whose process died may still be on its way through the vendor's stack for this long. */
const MAY_STILL_RUN_MS = 3000;

/** Closes every in-doubt entry by reading the user record. Runs with every maintenance, and never throws. */
export async function recoverAll(connections: readonly Connection[], ports: Ports): Promise<void> {
  try {
    for (const entry of await ports.store.inDoubt()) {
      const connection = connections.find(
        ({ name, provider }) => name === entry.connection && provider.id === entry.provider,
      );
      if (!connection) continue;
      await recover(entry, connection, ports);
    }
  } catch (error) {
    ports.log.error(
      { problem: error instanceof Error ? error.name : 'unknown' },
      'in-doubt entries could not be recovered',
    );
  }
}

/**
 * Closes one in-doubt entry with what the user record shows: the new values, the old ones, or neither for certain.
 * Never sends anything again.
 */
export async function recover(entry: Entry, connection: Connection, ports: Ports): Promise<void> {
  const age = ports.clock.now() - Date.parse(entry.at);
  const visibleAfter = MAY_STILL_RUN_MS + lagOf(connection.provider);
  if (age < visibleAfter) await new Promise((resolve) => setTimeout(resolve, visibleAfter - age));
  const found = await inspect(entry, connection, ports);
  const { outcome, message } = recoveryMessage(found);
  const code = outcome === 'updated' ? {} : { code: outcome === 'failed' ? 'internal' : outcome };
  const detail = outcome === 'unverified' && { detail: message };
  await ports.store.close(entry.changeId, outcome, { ...entry.body, ...code, ...detail, message });
  ports.log.info({ change: entry.changeId, outcome }, 'an interrupted change was recovered by reading the user record');
}

async function inspect(entry: Entry, connection: Connection, ports: Ports): Promise<RecoveryFinding> {
  const beforeImage = await openBeforeImage(entry, ports);
  if (!beforeImage) return { kind: 'image_sealed_elsewhere' };
  if (beforeImage.changes.length === 0) return { kind: 'only_secrets' };
  try {
    const within = startDeadline(ports.limits.callMs, undefined, { change: entry.changeId });
    const { record } = await ports.records.read(connection, entry.userId, within);
    const shows = (side: 'before' | 'after', isLike: typeof isSame) =>
      beforeImage.changes.every((change) => {
        const definition = connection.provider.fields[change.field];
        return definition && isShowing(record, definition, change, side, isLike);
      });
    if (shows('after', isSame)) return { kind: 'new_values' };
    if (shows('before', isSame)) return { kind: 'old_values' };
    return { kind: shows('after', matchesTarget) ? 'new_values' : 'other_values' };
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found' && removes(beforeImage, connection)) {
      return { kind: 'new_values' };
    }
    if (error instanceof AppError) return { kind: 'unreadable', code: error.code };
    throw error;
  }
}

/** Whether the change removes the user record at the vendor. */
function removes(beforeImage: BeforeImage, { provider }: Connection): boolean {
  const changes = beforeImage.changes.flatMap((change) => {
    const definition = provider.fields[change.field];
    return definition ? [{ ...change, definition }] : [];
  });
  return removingField(changes) !== undefined;
}

function isShowing(
  record: JsonObject,
  definition: Field,
  change: BeforeImageChange,
  side: 'before' | 'after',
  isLike: typeof isSame,
): boolean {
  const held = readField(record, change.field, definition);
  if (definition.merge) return compareField(change.field, definition, held, change[side]).leaves.length === 0;
  if (isLike(held, change[side], definition.compare)) return true;
  // A mirrored field may have been empty in the first place and hold a value in the second.
  return side === 'before' && isLike(valueAt(record, [change.field]), change.before, definition.compare);
}

/** Undefined if there is none, or if it was sealed with another key. */
async function openBeforeImage(entry: Entry, ports: Ports): Promise<BeforeImage | undefined> {
  try {
    return await readBeforeImage(entry.changeId, ports);
  } catch {
    return undefined;
  }
}
