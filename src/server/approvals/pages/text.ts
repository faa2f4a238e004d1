import { html } from 'hono/html';
import type { ApprovalSnapshot } from '../../../approvals/snapshot.ts';
import type { ApprovalStatus } from '../../../approvals/status/status.ts';
import { splitNames } from '../../../lib/text/name-list.ts';
import { quote, quoteStart } from '../../../lib/text/quote.ts';
import type { Markup, PageFrame } from './layout.ts';

/** Foreign text, whole and quoted; it cannot alter the page's own text around it. */
export function quoted(value: unknown): Markup {
  return html`<bdi>${quote(value)}</bdi>`;
}

/** The beginning of a foreign text, and outside the quotes how much more there is. */
export function excerpt(text: string): Markup {
  return html`<bdi>${quoteStart(text)}</bdi>`;
}

/** Approvers as an entry names them, each quoted by itself. */
export function namesText(names: string): Markup {
  return html`${splitNames(names).map((name, at) => html`${at === 0 ? '' : ', '}${excerpt(name)}`)}`;
}

/** The verified caller, then what its client calls itself, marked as such. */
export function callerText({ caller, client }: Pick<ApprovalSnapshot, 'caller' | 'client'>): Markup {
  return html`${quoted(caller)}${client === undefined ? '' : html` (client says: ${quoted(client)})`}`;
}

/** `2 hours`, `3 minutes`: the largest unit, rounded; never "0". */
export function toDuration(ms: number): string {
  const units = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
    ['second', 1000],
  ] as const;
  const [name, size] = units.find(([, unit]) => Math.abs(ms) >= unit) ?? ['second', 1000];
  const count = Math.max(1, Math.round(Math.abs(ms) / size));
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}

/** `2026-03-04 15:16 UTC`. */
export function toClock(time: number | string): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** A time for people and programs. Without scripts no page can know the reader's time zone, so it says UTC. */
export function instant(time: number | string): Markup {
  return html`<time datetime="${new Date(time).toISOString()}">${toClock(time)}</time>`;
}

/** How long a request can still be decided, or a yes be used; empty for one that was decided or withdrawn. */
export function timeLeft(status: ApprovalStatus['kind'], expiresAt: number): Markup | string {
  if (status === 'expired') return html`Was open until ${instant(expiresAt)}`;
  if (status !== 'pending' && status !== 'approved') return '';
  return html`${status === 'pending' ? 'Open' : 'The yes counts'} for ${toDuration(expiresAt - Date.now())} more, until ${instant(expiresAt)}`;
}

/** The id of a change, with a link to its history. */
export function changeLink({ home }: PageFrame, changeId: string): Markup {
  return html`<a href="${home}/history/${encodeURIComponent(changeId)}"><code>${quote(changeId)}</code></a>`;
}

/** The id of a batch, with a link to the history of its changes. */
export function batchLink({ home }: PageFrame, batchId: string, text?: string): Markup {
  return html`<a href="${home}/history?batch=${encodeURIComponent(batchId)}">${text ?? html`<code>${quote(batchId)}</code>`}</a>`;
}
