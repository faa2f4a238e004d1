import { html } from 'hono/html';
import { type Decision, MAX_REASON } from '../../../approvals/service.ts';
import type { ApprovalSnapshot } from '../../../approvals/snapshot.ts';
import { quoteNames } from '../../../lib/text/quote.ts';
import type { FieldError } from '../../../providers/provider.ts';
import { spelledOut } from '../../../update/confirm/typed-name.ts';
import type { Fields } from '../form-fields.ts';
import { input, tick } from './form-controls.ts';
import { type Frame, form, type Markup } from './layout.ts';

const AGAIN = '-again';

/** What a yes takes: the label typed, contested fields ticked, and new secrets, each twice. */
export function approveForm(
  frame: Frame,
  view: ApprovalSnapshot,
  id: string,
  askFor: readonly string[],
  faults: readonly FieldError[],
): Markup {
  const secrets = askFor.map(
    (field) => html`<div class="stack">
${input({ name: nameOf(field), label: `New ${field}`, type: 'password', autocomplete: 'new-password', hint: 'Goes to the service only; the agent never sees it.', faults })}
${input({ name: nameOf(field) + AGAIN, label: `New ${field} again`, type: 'password', autocomplete: 'new-password', faults })}
</div>`,
  );
  const contested =
    view.contested.length > 0
      ? tick('overwrite', `Also overwrite ${quoteNames(view.contested)}, changed since`, faults)
      : '';
  const typed =
    view.typed === undefined
      ? ''
      : input({
          name: 'typed',
          label: html`Type ${spelledOut(view.typed)} to confirm`,
          type: 'text',
          autocomplete: 'off',
          faults,
        });
  return html`<section class="sheet" aria-labelledby="yes"><h2 id="yes">Approve</h2>
${form(frame, `/${id}/approve`, 'Approve', html`${secrets}${contested}${typed}<button class="yes" type="submit">Approve this change</button>`)}
</section>`;
}

export function declineForm(frame: Frame, id: string, faults: readonly FieldError[]): Markup {
  const fault = faults.find(({ field }) => field === 'reason');
  return html`<section class="sheet" aria-labelledby="no"><h2 id="no">Decline</h2>
${form(
  frame,
  `/${id}/decline`,
  'Decline',
  html`<div><label for="reason">Reason, if you like</label><span class="hint" id="reason-hint">Kept with the decision, for other approvers.</span>
${fault === undefined ? '' : html`<span class="fault" id="reason-fault"><span class="sr">Error: </span>${fault.message}</span>`}
<input id="reason" name="reason" type="text" autocomplete="off" maxlength="${MAX_REASON}" aria-describedby="reason-hint${fault ? ' reason-fault' : ''}"${fault ? html` aria-invalid="true"` : ''}></div>
<button class="no" type="submit">Decline</button>`,
)}
</section>`;
}

/** What a posted approve form says. A secret that was not typed twice alike is a fault already here. */
export function readApproval(fields: Fields, askFor: readonly string[]): { decision: Decision; faults: FieldError[] } {
  const secrets = Object.fromEntries(askFor.map((field) => [field, fields.get(nameOf(field)) ?? '']));
  const faults = askFor
    .filter((field) => secrets[field] !== (fields.get(nameOf(field) + AGAIN) ?? ''))
    .map((field) => ({ field: nameOf(field) + AGAIN, message: 'is not the same as the first one' }));
  const typed = fields.get('typed');
  return {
    decision: {
      yes: true,
      overwrite: fields.get('overwrite') === 'yes',
      secrets,
      ...(typed !== undefined && { typed }),
    },
    faults,
  };
}

/** What a posted decline form says. What is longer than what is kept of it is a fault: it would be cut unseen. */
export function readDecline(fields: Fields): { decision: Decision; faults: FieldError[] } {
  const reason = fields.get('reason')?.toWellFormed().trim() ?? '';
  const isLong = reason.length > MAX_REASON;
  const faults = isLong ? [{ field: 'reason', message: `may have at most ${MAX_REASON} characters` }] : [];
  return { decision: { yes: false, ...(reason !== '' && { reason }) }, faults };
}

/** Faults of a decision, put to the inputs they belong to. */
export function toInputs(faults: readonly FieldError[], askFor: readonly string[]): FieldError[] {
  return faults.map(({ field, message }) => ({ field: askFor.includes(field) ? nameOf(field) : field, message }));
}

/** An input as its label calls it. */
export function labelOf(name: string): string {
  const field = name.replace(/^new-/, '').replace(/-again$/, '');
  if (name === 'typed') return 'What was typed to confirm';
  if (name === 'overwrite') return 'Overwriting';
  if (name === 'connection') return 'The connection';
  if (name === 'reason') return 'The reason';
  return name.endsWith(AGAIN) ? `New ${field} again` : `New ${field}`;
}

/** The input of a secret field. Prefixed, so that no field of a provider can take the place of another input. */
function nameOf(field: string): string {
  return `new-${field}`;
}
