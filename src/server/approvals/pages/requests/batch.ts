import { html } from 'hono/html';
import type { BatchSnapshot, PersonChange } from '../../../../approvals/snapshot.ts';
import { isRisky, riskyFirst } from '../../../../update/confirm/headline.ts';
import {
  ALL_OR_NOTHING,
  countByProvider,
  othersText,
  type ProviderCount,
  peopleText,
  sharedConsequences,
} from '../../../../update/confirm/summary.ts';
import type { Markup } from '../layout.ts';
import { quoted } from '../text.ts';
import { changeCell } from './rows.ts';

/** What a batch comes to, and everyone in it. */

const FIRST_CONSEQUENCES = 3;

/** The consequences and the counts, for the list of requests. */
export function batchPreview({ changes }: BatchSnapshot): Markup {
  const consequences = sharedConsequences(changes);
  const more = consequences.length - FIRST_CONSEQUENCES;
  return html`${consequenceLines(consequences.slice(0, FIRST_CONSEQUENCES))}${more > 0 ? html`<p class="strong">and ${more} more ${more === 1 ? 'consequence' : 'consequences'} of risk</p>` : ''}
${countList(changes)}`;
}

/** Above everyone: the consequences, how many people at each provider, and what a yes covers besides. */
export function batchSummary({ changes, allOrNothing, notUndone = 0 }: BatchSnapshot): Markup {
  const contested = changes.filter((one) => one.contested.length > 0).length;
  const stripped = changes.filter((one) => one.stripped.length > 0).length;
  return html`<section class="sheet lead" aria-labelledby="counts"><h2 id="counts" class="sr">How many</h2>
${consequenceLines(sharedConsequences(changes))}
${countList(changes)}
${allOrNothing ? html`<p class="strong">${ALL_OR_NOTHING}</p>` : ''}
${notUndone === 0 ? '' : html`<p>Of the batch that this undoes, ${notUndone} ${notUndone === 1 ? 'change' : 'changes'} cannot be put back.</p>`}
${contested === 0 ? '' : html`<p class="strong">Someone else changed some of it since: ${peopleText(contested)}. Approving overwrites that.</p>`}
${stripped === 0 ? '' : html`<p>Policy leaves something out for ${peopleText(stripped)}; it says so with each.</p>`}
</section>`;
}

/** Everyone, those at risk first. Nothing is cut or left to another page: a yes covers all of it. */
export function peopleTable(people: readonly PersonChange[]): Markup {
  return html`<section class="sheet lead" aria-labelledby="what"><h2 id="what">What changes, for ${peopleText(people.length)}</h2>
<table class="people" role="table" aria-labelledby="what"><thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Who</th><th scope="col" role="columnheader">What changes</th></tr></thead>
<tbody role="rowgroup">
${people.map(personRow)}
</tbody></table></section>`;
}

/** The roles say what the elements are, since they are laid out as blocks. */
function personRow(person: PersonChange): Markup {
  const { label, providerTitle, provider, connection, userId, emails, line, undoes } = person;
  const facts = [
    ...emails.map((email) => quoted(email)),
    html`user ${quoted(userId)}`,
    ...(connection === provider ? [] : [html`connection ${quoted(connection)}`]),
    ...(line === undefined ? [] : [html`line ${line}`]),
    ...(undoes === undefined ? [] : [html`undoes change ${quoted(undoes)}`]),
  ];
  return html`<tr role="row"><th scope="row" role="rowheader">${quoted(label)} <span class="quiet">at ${providerTitle}</span>
<span class="small quiet">${facts.map((fact, at) => html`${at === 0 ? '' : ', '}${fact}`)}</span></th>
<td role="cell">${changeCell(person)}</td></tr>
`;
}

function consequenceLines(consequences: ReturnType<typeof sharedConsequences>): Markup {
  return html`${consequences.map((one) => html`<p class="warning">${one.before}${quoted(one.label)}${one.after}${othersText(one)}</p>`)}`;
}

function countList(changes: readonly PersonChange[]): Markup {
  return html`<ul class="preview">${countByProvider(changes).map((count) => html`<li>${count.title}: ${peopleText(count.people)} (${effectCounts(count)})</li>`)}</ul>`;
}

/** Those that are a risk first, and set apart. */
function effectCounts({ effects }: ProviderCount): Markup {
  return html`${riskyFirst(effects).map(
    ({ effect, people }, at) =>
      html`${at === 0 ? '' : ', '}${isRisky({ effect }) ? html`<span class="tag">Risk: ${effect} ${people}</span>` : `${effect} ${people}`}`,
  )}`;
}
