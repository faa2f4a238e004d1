import { html } from 'hono/html';
import type { ApprovalSnapshot } from '../../../approvals/snapshot.ts';
import { quote, quoteName, quoteStart } from '../../../lib/text/quote.ts';
import type { Markup } from './layout.ts';

/** Foreign text, whole and quoted; nothing in it can move the words of ours beside it. */
export function foreign(value: unknown): Markup {
  return html`<bdi>${quote(value)}</bdi>`;
}

/** Foreign text in a list: its beginning, and outside the quotes how much more there is. */
export function excerpt(text: string): Markup {
  return html`<bdi>${quoteStart(text)}</bdi>`;
}

/** What moves, in a list: keys of open objects may be foreign too. */
export function namesOf(changes: readonly { field: string }[]): Markup {
  const names = changes.slice(0, MAX_NAMES).map(({ field }) => html`<bdi>${quoteName(field)}</bdi>`);
  const more = changes.length - names.length;
  const shown = names.map((name, at) => (at === 0 ? name : html`, ${name}`));
  return html`${shown}${more > 0 ? ` and ${more} more` : ''}`;
}

const MAX_NAMES = 10;

/** Who asks: the verified caller, then what its client calls itself, marked as such. */
export function askedBy({ caller, client }: ApprovalSnapshot): Markup {
  return html`${foreign(caller)}${client === undefined ? '' : html` (client says: ${foreign(client)})`}`;
}
