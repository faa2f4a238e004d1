import { html } from 'hono/html';
import { OUTCOMES } from '../../../../update/types.ts';
import { FILTERS, type FilterName, type HistoryQuery, historyPath } from '../../history/filters.ts';
import { errorSummary, errorText } from '../form-controls.ts';
import type { Markup, PageFrame } from '../layout.ts';

/** What the lists of the form offer. */
export interface FilterChoices {
  providers: readonly { id: string; title: string }[];
}

const LABELS: Readonly<Record<FilterName, string>> = {
  user: 'User (id or e-mail)',
  field: 'Field',
  caller: 'Asked by',
  approver: 'Approver',
  outcome: 'Outcome',
  provider: 'Service',
  from: 'From (UTC)',
  to: 'To (UTC)',
  batch: 'Batch',
};

const SPANS = [
  ['7d', 'Last 7 days'],
  ['30d', 'Last 30 days'],
  ['365d', 'Last year'],
] as const;

/** The filters as a form that needs no scripts: its address can be kept and passed on. */
export function filterForm(frame: PageFrame, query: HistoryQuery, choices: FilterChoices): Markup {
  const { given, faults } = query;
  const isOpen = Object.keys(given).length > 0;
  const spans = SPANS.map(
    ([from, label]) => html`<a href="${frame.home}${historyPath({ ...omitTimes(given), from })}">${label}</a>`,
  );
  return html`${faults.length === 0 ? '' : errorSummary('Not searched', faults, (field) => LABELS[field as FilterName] ?? field)}
<details class="lead"${isOpen ? html` open` : ''}><summary>Search</summary>
<form method="get" action="${frame.home}/history" aria-label="Search" class="filters" novalidate>
${FILTERS.map((name) => control(name, query, choices))}
<button type="submit">Search</button>
</form>
<p class="pages small">${spans}${isOpen ? html`<a href="${frame.home}/history">Clear</a>` : ''}</p>
</details>`;
}

function omitTimes({ from: _, to: __, ...others }: HistoryQuery['given']): HistoryQuery['given'] {
  return others;
}

function control(name: FilterName, { given, faults }: HistoryQuery, { providers }: FilterChoices): Markup {
  const hasError = faults.some(({ field }) => field === name);
  const described = hasError ? html` aria-describedby="${name}-error" aria-invalid="true"` : '';
  const value = given[name] ?? '';
  const error = errorText(name, faults);
  const label = html`<label for="${name}">${LABELS[name]}</label>${error}`;
  switch (name) {
    case 'outcome':
      return html`<div>${label}${select(
        name,
        OUTCOMES.map((one) => [one, one.replace('_', ' ')] as const),
        value,
      )}</div>`;
    case 'provider':
      return html`<div>${label}${select(
        name,
        providers.map(({ id, title }) => [id, title] as const),
        value,
      )}</div>`;
    case 'from':
    case 'to': {
      // A browser empties a date input that holds something else, such as `30d`.
      const type = value === '' || /^\d{4}-\d{2}-\d{2}$/.test(value) ? 'date' : 'text';
      return html`<div>${label}<input id="${name}" name="${name}" type="${type}" value="${value}"${described}></div>`;
    }
    default:
      return html`<div>${label}<input id="${name}" name="${name}" type="text" value="${value}" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="256"${described}></div>`;
  }
}

/** A value that is none of the choices is kept, so that its fault can be seen and corrected. */
function select(name: FilterName, choices: readonly (readonly [string, string])[], value: string): Markup {
  const isKnown = value === '' || choices.some(([one]) => one === value);
  const all = [['', 'Any'] as const, ...choices, ...(isKnown ? [] : [[value, value] as const])];
  return html`<select id="${name}" name="${name}">${all.map(
    ([one, label]) => html`<option value="${one}"${one === value ? html` selected` : ''}>${label}</option>`,
  )}</select>`;
}
