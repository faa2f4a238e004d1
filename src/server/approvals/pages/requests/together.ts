import { html } from 'hono/html';
import type { DecisionResult, SingleApproval } from '../../../../approvals/approval.ts';
import { approverOf } from '../../../../approvals/identity.ts';
import { eligibilityMessage, refusalMessage, statusMessage } from '../../../../approvals/status/messages.ts';
import type { Review } from '../../../../approvals/status/status.ts';
import {
  type DecidedTogether,
  groupsOf,
  mustBeDecidedAlone,
  personOf,
  whatToType,
} from '../../../../approvals/together.ts';
import type { FieldError } from '../../../../providers/provider.ts';
import { isRisky, riskyFirst } from '../../../../update/confirm/headline.ts';
import { spelledOut } from '../../../../update/confirm/typed-name.ts';
import type { FormFields } from '../../form-fields.ts';
import { errorSummary, input } from '../form-controls.ts';
import { form, type HtmlPage, type Markup, type PageFrame } from '../layout.ts';
import { approveButton, declineForm, labelOf } from './decide-forms.ts';
import { byline, headline } from './head.ts';
import { changeRows } from './rows.ts';

const PICK = 'pick-';

/** The name of the checkbox of a request. A form has no two fields of one name. */
export function pickName(id: string): string {
  return PICK + id;
}

/** The ids that were picked, as far as they look like ids. */
export function parsePicks(fields: FormFields): string[] {
  const picked = [...fields.keys()].filter((name) => name.startsWith(PICK));
  return picked.map((name) => name.slice(PICK.length)).filter((id) => /^[0-9a-f-]{36}$/.test(id));
}

export interface Reviewed {
  approval: SingleApproval;
  review: Review;
}

/** Every one of the picked requests in full, and one decision for all that this approver can decide. */
export function togetherPage(
  frame: PageFrame,
  reviewed: readonly Reviewed[],
  errors: readonly FieldError[] = [],
): HtmlPage {
  const ordered = riskiestFirst(reviewed);
  const [able, declinable] = [approvable(ordered), decidable(ordered)];
  const title = reviewed.length === 1 ? 'One request' : `${reviewed.length} requests together`;
  const hasErrors = errors.length > 0;
  return {
    title,
    hasErrors,
    body: html`${hasErrors ? errorSummary('Not approved yet', errors, labelOf) : ''}
<h1>${title}</h1>
<p class="by">Everything that each of them changes is shown below; the decision comes after it, and is recorded for each by itself.</p>
${isOnePerson(reviewed) ? html`<p class="by">All are for one person. Carrying one out changes the user record, so the others may be asked about again.</p>` : ''}
<ol class="requests lead">${ordered.map((one) => item(frame, one))}</ol>
<div class="decide">
${able.length === 0 ? html`<p class="notice note">You can approve none of these here.</p>` : approveForm(frame, able, errors)}
${declinable.length === 0 ? '' : declineForm(frame, '/together/decline', errors, { text: `Decline all ${declinable.length}`, fields: picks(declinable) })}
</div>`,
  };
}

/** A risk must not stand among fifty harmless requests. */
function riskiestFirst(reviewed: readonly Reviewed[]): Reviewed[] {
  const all = reviewed.flatMap((one) => one.approval.snapshot.changes.map(({ effect }) => ({ effect, one })));
  return [...new Set([...riskyFirst(all).map(({ one }) => one), ...reviewed])];
}

/** The risks that one yes agrees to, right above it: how many requests have each. */
function riskCounts(able: readonly SingleApproval[]): Markup | string {
  const effects = able.flatMap(({ snapshot }) => [...new Set(snapshot.changes.map(({ effect }) => effect))]);
  const risks = riskyFirst(effects.map((effect) => ({ effect }))).filter(isRisky);
  if (risks.length === 0) return '';
  const counts = groupsOf(risks, ({ effect }) => effect).map((group) => `${group[0]?.effect} in ${group.length}`);
  return html`<p class="warning">Risks of ${able.length} requests: ${counts.join(', ')}</p>`;
}

function isOnePerson(reviewed: readonly Reviewed[]): boolean {
  return reviewed.length > 1 && new Set(reviewed.map(({ approval }) => personOf(approval))).size === 1;
}

/** Those with a yes from this approver still missing. */
export function approvable(reviewed: readonly Reviewed[]): SingleApproval[] {
  return reviewed
    .filter((one) => one.review.eligibility.kind === 'eligible' && isAble(one))
    .map(({ approval }) => approval);
}

/** Those that this approver can decline. */
export function decidable(reviewed: readonly Reviewed[]): SingleApproval[] {
  return reviewed
    .filter((one) => ['eligible', 'own'].includes(one.review.eligibility.kind) && isAble(one))
    .map(({ approval }) => approval);
}

function isAble({ approval }: Reviewed): boolean {
  return mustBeDecidedAlone(approval) === undefined;
}

function item(frame: PageFrame, one: Reviewed): Markup {
  const { approval, review } = one;
  const { row, snapshot } = approval;
  return html`<li class="sheet"><h2><a href="${frame.home}/${row.id}">${headline(snapshot)}</a></h2>
${byline(frame, approval, review)}
${leftOut(one) === undefined ? '' : html`<p class="notice note">${leftOut(one)}</p>`}
${review.status.kind === 'pending' && review.status.agreed.length > 0 ? html`<p class="by">${statusMessage(review.status)?.title}</p>` : ''}
${snapshot.again === undefined ? '' : html`<p class="by">${snapshot.again}</p>`}
${changeRows(snapshot)}</li>`;
}

/** Why a request takes no part in the yes. */
function leftOut(one: Reviewed): string | undefined {
  const { eligibility } = one.review;
  const alone = mustBeDecidedAlone(one.approval);
  if (eligibility.kind === 'eligible') return alone;
  if (eligibility.kind === 'closed') return 'Not part of the decision: it can no longer be decided.';
  if (eligibility.kind === 'no-right' || eligibility.kind === 'sign-in-again')
    return `Not part of the decision. ${eligibilityMessage(eligibility)}`;
  if (eligibility.kind === 'own') return `Not part of a yes. ${refusalMessage('own')}`;
  return 'Not part of the decision: you approved it already, or a yes that counts for you did.';
}

function approveForm(frame: PageFrame, able: readonly SingleApproval[], errors: readonly FieldError[]): Markup {
  const expected = whatToType(able);
  const typed =
    expected === undefined
      ? ''
      : input({
          name: 'typed',
          label: html`Type ${spelledOut(expected)} to confirm`,
          type: 'text',
          autocomplete: 'off',
          errors,
        });
  const button = approveButton(able.length === 1 ? 'Approve this one' : `Approve all ${able.length}`);
  return form(frame, '/together/approve', 'Approve', html`${picks(able)}${riskCounts(able)}${typed}${button}`);
}

function picks(all: readonly SingleApproval[]): Markup {
  return html`${all.map(({ row }) => html`<input type="hidden" name="${pickName(row.id)}" value="on">`)}`;
}

/** Instead of a review: these cannot be decided with one decision. */
export function notTogetherPage(frame: PageFrame, text: string): HtmlPage {
  return {
    title: 'Not together',
    body: html`<h1>Not together</h1><p class="lead">${text} Nothing was decided.</p><p class="lead"><a href="${frame.home}">All requests</a></p>`,
  };
}

/** What became of each request. */
export function decidedPage(frame: PageFrame, decided: readonly DecidedTogether[], yes: boolean): HtmlPage {
  const recorded = decided.filter(({ result }) => result.kind === 'decided').length;
  const verb = yes ? 'Approved' : 'Declined';
  return {
    title: `${verb}: ${recorded} of ${decided.length}`,
    body: html`<h1>${verb}: ${recorded} of ${decided.length}</h1>
<ul class="requests lead" role="status">${decided.map(
      ({ approval, result }) =>
        html`<li class="sheet"><h2><a href="${frame.home}/${approval.row.id}">${headline(approval.snapshot)}</a></h2><p class="by">${resultText(result, yes)}</p></li>`,
    )}</ul>`,
  };
}

function resultText(result: DecisionResult, yes: boolean): string {
  if (result.kind === 'invalid') return 'Nothing was recorded; it has to be decided alone.';
  if (result.kind !== 'decided') return `Nothing was recorded. ${refusalMessage(result.kind)}`;
  if (!yes) return 'Declined.';
  const isRun = approverOf(result.row.caller) !== undefined;
  return result.row.state === 'approved'
    ? `Approved, ${isRun ? 'and given to a server to carry out' : 'not used yet'}.`
    : 'Your yes is recorded; another approver has to agree.';
}
