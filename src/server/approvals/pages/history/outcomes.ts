import { html } from 'hono/html';
import type { ListedChange } from '../../../../store/log/entry.ts';
import type { OutcomeName } from '../../../../update/types.ts';
import type { Markup, PageFrame } from '../layout.ts';
import { quoted } from '../text.ts';

/** What an outcome means, in words for people. */
const MEANINGS: Readonly<Record<OutcomeName, { title: string; text: string }>> = {
  updated: {
    title: 'Changed',
    text: 'Written, and seen when the user record was read back, where the service shows it.',
  },
  unchanged: { title: 'Not needed', text: 'The user record already was so. Nothing was sent.' },
  preview: { title: 'Preview', text: 'Nothing was sent.' },
  needs_approval: { title: 'Approval asked for', text: 'Nothing was changed by this call; it asked approvers.' },
  refused: { title: 'Refused', text: 'The answer was no. Nothing was changed.' },
  denied: { title: 'Forbidden by policy', text: 'Nothing was changed.' },
  conflict: { title: 'Conflict', text: 'Someone else changed the user record at the same time.' },
  failed: { title: 'Failed', text: 'Nothing was changed.' },
  unverified: {
    title: 'Not known whether changed',
    text: 'It may or may not have been written. Check the user record.',
  },
};

const OPEN = { title: 'Under way', text: 'It is being written, or was interrupted and will be recovered.' };

export function meaningOf({ open, outcome }: ListedChange): { title: string; text: string } {
  if (open) return OPEN;
  return isOutcome(outcome) ? MEANINGS[outcome] : { title: outcome, text: '' };
}

export function meaningOfOutcome(outcome: OutcomeName): { title: string; text: string } {
  return MEANINGS[outcome];
}

function isOutcome(text: string): text is OutcomeName {
  return Object.hasOwn(MEANINGS, text);
}

/** The outcome as a label; its colour only repeats what the words say. */
export function outcomeLabel(change: ListedChange): Markup {
  const tone = change.open ? 'note' : (TONES[change.outcome] ?? 'plain');
  return html`<span class="outcome ${tone}">${meaningOf(change).title}</span>`;
}

const TONES: Readonly<Record<string, string>> = {
  updated: 'good',
  conflict: 'bad',
  failed: 'bad',
  unverified: 'bad',
  denied: 'note',
  refused: 'note',
};

/** Whom a change is about, as the audit log has it: without a name. */
export function whomText(
  { titles }: Pick<PageFrame, 'titles'>,
  { provider, connection, userId }: ListedChange,
): Markup {
  const title = titles.get(provider) ?? provider;
  const where = connection === provider ? '' : html` (connection ${quoted(connection)})`;
  return html`user ${quoted(userId)} at ${title}${where}`;
}
