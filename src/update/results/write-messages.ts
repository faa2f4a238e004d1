import { printable } from '../../lib/text/printable.ts';
import { quoteName } from '../../lib/text/quote.ts';
import type { Call } from '../context.ts';
import type { Verification } from '../plan/verify.ts';
import { NEXT } from './next-steps.ts';
import type { Message, VendorReply, Written } from './outcome.ts';

/** Messages about a write that was sent, by what the read-back showed. */

type Ended<K extends Written['kind']> = Extract<Written, { kind: K }>;

export function updatedMessage({ reply, seen, keptFields }: Ended<'updated'>, { request }: Call): Message {
  const { collateral } = seen;
  const notes = [
    seen.seen.length > 0 ? 'Updated, and seen in the record read back.' : 'Accepted by the vendor.',
    ...(reply.kind === 'lost' ? ['The vendor’s reply was lost, the record shows the new values.'] : []),
    ...note('Not shown when the record is read', seen.writeOnly.map(quoteName)),
    ...note(
      'Also changed, although not requested',
      collateral.map(({ field }) => printable(field)),
    ),
    ...note('Left as it is, because someone changed it since', keptFields),
    ...(request.undo?.beyond ?? []),
  ];
  return {
    outcome: 'updated',
    message: notes.join(' '),
    ...(collateral.length > 0 && { next: 'Tell the person about the fields that changed unasked.' }),
  };
}

export function conflictMessage({ reply, seen }: Ended<'other_value'>): Message {
  const names = namesText(seen.other);
  return {
    outcome: 'conflict',
    code: 'record_changed',
    message: `${startText(reply).replace(/\.$/, '')}, but reads back with another value in: ${names}. Someone else, or the vendor itself, changed it.`,
    next: NEXT.record_changed,
    detail: `reads back with another value: ${names}`,
  };
}

export function notReadBackMessage(reply: VendorReply): Message {
  const isLost = reply.kind === 'lost';
  const start = isLost ? reply.error.message : `${startText(reply)}.`;
  return doubtful(
    `${start} The record could not be read back, so whether it was written is not known.`,
    `the record could not be read back${isLost ? ' after a lost reply' : ''}`,
  );
}

export function unverifiedMessage({ reply, doubt, seen }: Ended<'unverified'>): Message {
  const start = startText(reply);
  switch (doubt) {
    case 'may_still_run': {
      const old = namesText(seen.old);
      return doubtful(
        `${start} It still shows the old value of ${old}, but the vendor may yet carry it out.`,
        `still the old value, and the vendor may yet carry it out: ${old}`,
      );
    }
    case 'old_value': {
      const old = namesText(seen.old);
      return doubtful(`${but(reply, 'still shows the old value of')}: ${old}.`, `still the old value: ${old}`);
    }
    case 'not_shown': {
      const hidden = namesText(seen.unreadable);
      return doubtful(`${but(reply, 'does not show')}: ${hidden}.`, `not shown when read back: ${hidden}`);
    }
    case 'write_only': {
      const names = namesText(seen.writeOnly);
      return doubtful(`${start} ${names} cannot be read back.`, `reply lost, and it cannot be read back: ${names}`);
    }
  }
}

/** After a lost reply the start is a sentence of its own. */
function but(reply: VendorReply, what: string): string {
  const start = startText(reply);
  return reply.kind === 'accepted' ? `${start}, but the record read back ${what}` : `${start} It ${what}`;
}

function startText(reply: VendorReply): string {
  if (reply.kind === 'accepted') return 'The vendor accepted the change';
  return `${reply.error.message} The record was read to find out.`;
}

function doubtful(message: string, detail: string): Message {
  return { outcome: 'unverified', code: 'unverified', message, next: NEXT.unverified, detail };
}

function note(title: string, names: readonly string[]): string[] {
  return names.length > 0 ? [`${title}: ${names.join(', ')}.`] : [];
}

/** Paths in a sentence of ours; keys of open objects are foreign text. */
function namesText(paths: Verification['old']): string {
  return paths.map(quoteName).join(', ');
}
