import { html } from 'hono/html';
import type { Approval } from '../../../../approvals/approval.ts';
import { peopleIn } from '../../../../approvals/snapshot.ts';
import { splitIds } from '../../../../lib/text/name-list.ts';
import { EFFECTS } from '../../../../providers/effects.ts';
import type { FormFields } from '../../form-fields.ts';
import type { Markup, PageFrame } from '../layout.ts';

/** What narrows the list of requests; an empty text narrows nothing. */
export interface RequestFilter {
  provider: string;
  effect: string;
  caller: string;
  person: string;
}

const KEYS = ['provider', 'effect', 'caller', 'person'] as const satisfies readonly (keyof RequestFilter)[];
const MAX_TEXT = 200;

export function parseFilter(query: FormFields): RequestFilter {
  const text = (key: string) => (query.get(key) ?? '').trim().slice(0, MAX_TEXT);
  return { provider: text('provider'), effect: text('effect'), caller: text('caller'), person: text('person') };
}

export function isFiltered(filter: RequestFilter): boolean {
  return KEYS.some((key) => filter[key] !== '');
}

/** The filter as part of an address. */
export function filterQuery(filter: RequestFilter): [string, string][] {
  return KEYS.flatMap((key): [string, string][] => (filter[key] === '' ? [] : [[key, filter[key]]]));
}

export function isMatching(filter: RequestFilter, { row, snapshot }: Approval): boolean {
  const { provider, effect, caller, person } = filter;
  const people = peopleIn(snapshot);
  if (provider !== '' && !splitIds(row.provider).includes(provider)) return false;
  if (effect !== '' && !people.some(({ changes }) => changes.some((change) => change.effect === effect))) return false;
  if (caller !== '' && !hasText([row.caller], caller)) return false;
  return person === '' || people.some(({ label, userId, emails }) => hasText([label, userId, ...emails], person));
}

function hasText(texts: readonly string[], part: string): boolean {
  return texts.some((text) => folded(text).includes(folded(part)));
}

function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

/** A form that works without scripts; open while it narrows the list. `providers`: ids and titles. */
export function filterForm(
  frame: PageFrame,
  filter: RequestFilter,
  state: string,
  providers: readonly { id: string; title: string }[],
): Markup {
  const hidden = state === 'pending' ? '' : html`<input type="hidden" name="state" value="${state}">`;
  return html`<details class="narrow-by lead"${isFiltered(filter) ? html` open` : ''}><summary>Filter</summary>
<form method="get" action="${frame.home}" aria-label="Filter">${hidden}
${select('provider', 'Service', filter.provider, [['', 'Any'], ...providers.map(({ id, title }) => [id, title] as const)])}
${select('effect', 'Effect', filter.effect, [['', 'Any'], ...EFFECTS.map((effect) => [effect, effect] as const)])}
${text('person', 'Name, e-mail or id of the person', filter.person)}
${text('caller', 'Caller', filter.caller)}
<div class="actions"><button class="plain" type="submit">Apply</button>${isFiltered(filter) ? html` <a href="${frame.home}${state === 'pending' ? '' : `?state=${state}`}">Show all</a>` : ''}</div>
</form></details>`;
}

function select(name: string, label: string, chosen: string, options: readonly (readonly [string, string])[]): Markup {
  return html`<div><label for="${name}">${label}</label><select id="${name}" name="${name}">
${options.map(([value, title]) => html`<option value="${value}"${value === chosen ? html` selected` : ''}>${title}</option>`)}
</select></div>`;
}

function text(name: string, label: string, value: string): Markup {
  return html`<div><label for="${name}">${label}</label><input id="${name}" name="${name}" type="text" autocomplete="off" maxlength="${MAX_TEXT}" value="${value}"></div>`;
}
