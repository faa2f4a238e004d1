import type { Ports } from '../../ports.ts';
import { type Connection, OUTCOMES, type OutcomeName } from '../../types.ts';
import { batchBody, finishedEntry } from '../entry.ts';
import { countsOf, outcomeOf } from '../outcome.ts';
import { keyOfRecord, type RecordedChanges, recordedChanges } from '../recorded.ts';
import { readChanges, readHeader, type StoredChange } from '../stored.ts';
import type { BatchResult } from '../types.ts';

/**
 * Ends batches whose process has ended before they did as if they had been stopped: the audit log, and with it notices, say
 * how far each has come. What is left stays to be resumed. Never throws: what fails is tried again with the next run.
 */
export async function endInterrupted(
  ids: readonly string[],
  connections: readonly Connection[],
  ports: Ports,
): Promise<void> {
  for (const id of ids) {
    try {
      await endOne(id, connections, ports);
    } catch (error) {
      ports.log.warn({ batch: id, problem: String(error) }, 'the end of an interrupted batch could not be recorded');
    }
  }
}

async function endOne(id: string, connections: readonly Connection[], ports: Ports): Promise<void> {
  const header = await readHeader(id, ports);
  if (!header) return;
  const stored = await readChanges(id, header.parts, ports);
  const recorded = await recordedChanges(id, connections, ports);
  const counts = countsSoFar(stored, recorded);
  const { consent } = header;
  const changes = stored.map(({ provider, connection: name }) => ({
    connection: { name, provider: { id: provider } },
  }));
  const batch = { ...header, id, changes };
  const judged = { people: changes.length, ...(consent && { decision: consent.level }) };
  const body = { ...batchBody(batch, judged, consent?.evidence), interrupted: true as const };
  const entry = finishedEntry(batch, body, counts);
  if (await ports.store.batches.endInterrupted(id, entry)) ports.telemetry?.batch(outcomeOf(counts));
}

/** What was not begun failed, and what was put back, too, as in a batch that is stopped. */
export function countsSoFar(
  stored: readonly Pick<StoredChange, 'provider' | 'connection' | 'userId' | 'digest'>[],
  { made, putBack }: Pick<RecordedChanges, 'made' | 'putBack'>,
): BatchResult['counts'] {
  const undone = new Set(putBack.filter(({ outcome }) => outcome === 'updated').map(({ body }) => body.undoes));
  const outcomes = stored.map((change): OutcomeName => {
    const last = made.get(keyOfRecord(change));
    // Without a part in the yes, and recorded nowhere: it was so already.
    if (!last) return change.digest === undefined ? 'unchanged' : 'failed';
    if (undone.has(last.changeId)) return 'failed';
    return OUTCOMES.find((name) => name === last.outcome) ?? 'failed';
  });
  return countsOf(outcomes.map((outcome) => ({ outcome })));
}
