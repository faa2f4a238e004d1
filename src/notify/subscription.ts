import type { Entry } from '../store/log/entry.ts';
import { recordedCounts } from '../update/batch/outcome.ts';
import { changeNotice, isSubscribed, type NoticeTarget, type NoticeType } from './events.ts';
import { noticeType } from './notice.ts';

/**
 * What an entry tells a target; undefined if nothing. A program gets every event it asked for. A channel, which people
 * read, gets one message for a batch instead of one for each of its changes: if it asked for it, or for the event of any of
 * the changes. This depends on the entry alone, so that every process decides alike, also one that begins in the middle.
 */
export function noticeFor(
  entry: Entry,
  { format, events }: Pick<NoticeTarget, 'format' | 'events'>,
): NoticeType | undefined {
  const type = noticeType(entry);
  if (type === undefined) return undefined;
  if (format === 'json') return isSubscribed(type, events) ? type : undefined;
  if (type === 'batch.finished')
    return [type, ...changesIn(entry)].some((one) => isSubscribed(one, events)) ? type : undefined;
  const isInBatch = entry.kind !== 'approval' && entry.body.batchId !== undefined;
  return !isInBatch && isSubscribed(type, events) ? type : undefined;
}

/** The events of the changes of a batch. */
function changesIn({ body }: Entry): NoticeType[] {
  return Object.keys(recordedCounts(body)).flatMap((outcome) => changeNotice(outcome) ?? []);
}
