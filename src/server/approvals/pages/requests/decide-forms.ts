import { html } from 'hono/html';
import { type ApproverDecision, MAX_REASON } from '../../../../approvals/approval.ts';
import { approvedText, contestedText, type RequestSnapshot } from '../../../../approvals/snapshot.ts';
import type { FieldError } from '../../../../providers/provider.ts';
import { spelledOut } from '../../../../update/confirm/typed-name.ts';
import type { FormFields } from '../../form-fields.ts';
import { checkbox, errorText, input } from '../form-controls.ts';
import { form, type Markup, type PageFrame } from '../layout.ts';

const AGAIN = '-again';

/** The inputs for a yes: new secrets, each typed twice, a confirmation to overwrite, the typed label. */
export function approveForm(
  frame: PageFrame,
  snapshot: RequestSnapshot,
  id: string,
  askFor: readonly string[],
  errors: readonly FieldError[],
): Markup {
  const secrets = askFor.map(
    (field) => html`<div class="stack">
${input({ name: inputOf(field), label: `New ${field}`, type: 'password', autocomplete: 'new-password', hint: 'Goes to the service only; the agent never sees it.', errors })}
${input({ name: inputOf(field) + AGAIN, label: `New ${field} again`, type: 'password', autocomplete: 'new-password', errors })}
</div>`,
  );
  const overwritten = contestedText(snapshot);
  const contested =
    overwritten === undefined ? '' : checkbox('overwrite', `Also overwrite ${overwritten}, changed since`, errors);
  const typed =
    snapshot.typed === undefined
      ? ''
      : input({
          name: 'typed',
          label: html`Type ${spelledOut(snapshot.typed)} to confirm`,
          type: 'text',
          autocomplete: 'off',
          errors,
        });
  const button = approveButton(`Approve ${approvedText(snapshot)}`);
  return form(frame, `/${id}/approve`, 'Approve', html`${secrets}${contested}${typed}${button}`);
}

/** The two buttons differ in border, mark and text, also where the system chooses the colours. */
export function approveButton(text: string): Markup {
  return html`<button class="yes" type="submit"><span aria-hidden="true">✓ </span>${text}</button>`;
}

/** `action`: the form's path below `home`. The reason is folded away, so that both buttons fit on a small screen. */
export function declineForm(
  frame: PageFrame,
  action: string,
  errors: readonly FieldError[],
  more: { text?: string; fields?: Markup } = {},
): Markup {
  const hasError = errors.some(({ field }) => field === 'reason');
  return form(
    frame,
    action,
    'Decline',
    html`${more.fields ?? ''}<button class="no" type="submit"><span aria-hidden="true">✕ </span>${more.text ?? 'Decline'}</button>
<details${hasError || frame.reason !== undefined ? html` open` : ''}><summary>Decline with a reason</summary>
<div class="stack"><label for="reason">Reason, if you like</label><span class="hint" id="reason-hint">Kept with the decision, for other approvers.</span>
${errorText('reason', errors)}
<input id="reason" name="reason" type="text" autocomplete="off" maxlength="${MAX_REASON}"${frame.reason === undefined ? '' : html` value="${frame.reason}"`} aria-describedby="reason-hint${hasError ? ' reason-error' : ''}"${hasError ? html` aria-invalid="true"` : ''}>
</div></details>`,
  );
}

/** Two different entries of a secret are already an error here. */
export function parseApproval(
  fields: FormFields,
  askFor: readonly string[],
): { decision: ApproverDecision; errors: FieldError[] } {
  const secrets = Object.fromEntries(askFor.map((field) => [field, fields.get(inputOf(field)) ?? '']));
  const errors = askFor
    .filter((field) => secrets[field] !== (fields.get(inputOf(field) + AGAIN) ?? ''))
    .map((field) => ({ field: inputOf(field) + AGAIN, message: 'is not the same as the first one' }));
  const typed = fields.get('typed');
  return {
    decision: {
      yes: true,
      overwrite: fields.get('overwrite') === 'yes',
      secrets,
      ...(typed !== undefined && { typed }),
    },
    errors,
  };
}

/** A reason that is too long to store is an error, since it would be cut silently. */
export function parseDecline(fields: FormFields): { decision: ApproverDecision; errors: FieldError[] } {
  const reason = fields.get('reason')?.toWellFormed().trim() ?? '';
  const isLong = reason.length > MAX_REASON;
  const errors = isLong ? [{ field: 'reason', message: `may have at most ${MAX_REASON} characters` }] : [];
  return { decision: { yes: false, ...(reason !== '' && { reason }) }, errors };
}

/** Errors of secret fields under the names of their inputs. */
export function fieldsToInputs(errors: readonly FieldError[], askFor: readonly string[]): FieldError[] {
  return errors.map(({ field, message }) => ({ field: askFor.includes(field) ? inputOf(field) : field, message }));
}

/** The name of an input in an error summary. */
export function labelOf(name: string): string {
  const field = name.replace(/^new-/, '').replace(/-again$/, '');
  if (name === 'typed') return 'What was typed to confirm';
  if (name === 'overwrite') return 'Overwriting';
  if (name === 'connection') return 'The connection';
  if (name === 'reason') return 'The reason';
  return name.endsWith(AGAIN) ? `New ${field} again` : `New ${field}`;
}

/** Prefixed, so that no field of a provider can take the name of another input. */
function inputOf(field: string): string {
  return `new-${field}`;
}
