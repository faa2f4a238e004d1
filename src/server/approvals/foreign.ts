import { html } from 'hono/html';
import type { ApprovalView } from '../../approvals/view.ts';
import { quote } from '../../update/quote.ts';
import type { Markup } from './layout.ts';

/** Foreign text, whole and quoted; nothing in it can move the words of ours beside it. */
export function foreign(value: unknown): Markup {
  return html`<bdi>${quote(value)}</bdi>`;
}

/** In a list the beginning of a text has to do; what is missing is said outside the quotes. */
const EXCERPT = 120;

/** Foreign text in a list: its beginning, and how much more there is. */
export function excerpt(text: string): Markup {
  const points = [...text];
  if (points.length <= EXCERPT) return foreign(text);
  return html`${foreign(points.slice(0, EXCERPT).join(''))} and ${points.length - EXCERPT} more characters`;
}

/** Who asks: the verified caller, then what its client calls itself, marked as such. */
export function askedBy({ caller, client }: ApprovalView): Markup {
  return html`${foreign(caller)}${client === undefined ? '' : html` (client says: ${foreign(client)})`}`;
}
