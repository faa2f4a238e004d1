import { html } from 'hono/html';
import type { ApprovalView } from '../../approvals/view.ts';
import { quote } from '../../update/question.ts';
import type { Markup } from './layout.ts';

/** Foreign text, whole and quoted; nothing in it can move the words of ours beside it. */
export function foreign(value: unknown): Markup {
  return html`<bdi>${quote(value, Number.POSITIVE_INFINITY)}</bdi>`;
}

/** Who asks: the verified caller, then what its client calls itself, marked as such. */
export function askedBy({ caller, client }: ApprovalView): Markup {
  return html`${foreign(caller)}${client === undefined ? '' : html` (client says: ${foreign(client)})`}`;
}
