import { html } from 'hono/html';
import type { ChangePage } from '../../../../audit/search.ts';
import type { ListedChange } from '../../../../store/log/entry.ts';
import type { DailyActivity } from '../../history/activity.ts';
import type { BatchFacts } from '../../history/batch.ts';
import { type HistoryQuery, historyPath } from '../../history/filters.ts';
import type { HtmlPage, Markup, PageFrame } from '../layout.ts';
import { batchLink, excerpt, instant, namesText, toClock } from '../text.ts';
import { batchSection, batchTitle } from './batch.ts';
import { type FilterChoices, filterForm } from './filter-form.ts';
import { outcomeLabel, whomText } from './outcomes.ts';
import { activityPlot } from './plot.ts';
import { fieldLines, firstNames } from './values.ts';

/** One page of the history. */
export interface HistoryView {
  query: HistoryQuery;
  choices: FilterChoices;
  /** Undefined if the filters have faults: then nothing was searched. */
  page?: ChangePage;
  /** What could not be found out. */
  notes: readonly string[];
  activity?: DailyActivity;
  /** The batch whose changes are shown, with the line for a shell that goes on with it. */
  batch?: { facts: BatchFacts; resumeCommand: string } | undefined;
}

export function historyListPage(frame: PageFrame, view: HistoryView): HtmlPage {
  const { query, page, notes, batch } = view;
  const hasErrors = query.faults.length > 0;
  return {
    title: batch ? batchTitle(frame, batch.facts) : 'History',
    hasErrors,
    body: html`${batch ? batchHead(frame, batch) : html`<h1>History</h1>`}
${filterForm(frame, query, view.choices)}
${notes.map((note) => html`<p class="notice note lead">${note}</p>`)}
${page === undefined ? '' : html`${activityPlot(view.activity)}${results(frame, query, page)}`}`,
  };
}

function batchHead(frame: PageFrame, { facts, resumeCommand }: NonNullable<HistoryView['batch']>): Markup {
  return html`<p class="small"><a href="${frame.home}/history"><span aria-hidden="true">← </span>History</a></p>
<h1 class="lead">${batchTitle(frame, facts)}</h1>
${batchSection(frame, facts, resumeCommand)}`;
}

function results(frame: PageFrame, query: HistoryQuery, page: ChangePage): Markup {
  const { changes, next, searchedTo } = page;
  const isFiltered = Object.keys(query.given).length > 0;
  return html`<section aria-labelledby="found"><h2 class="lead" id="found">${changes.length === 0 ? (isFiltered ? 'No changes match' : 'No changes') : 'Changes, newest first'}</h2>
<p class="small quiet">Times are in UTC. Personal values are masked, as in the audit log.</p>
${changes.length === 0 ? '' : html`<ol class="history">${changes.map((change) => item(frame, change, query.given.batch))}</ol>`}
${searchedTo === undefined ? '' : html`<p class="lead">Searched back to ${toClock(searchedTo)}; the next page goes on from there.</p>`}
${pageLinks(frame, query, next)}</section>`;
}

function pageLinks({ home }: PageFrame, { given, before }: HistoryQuery, next: number | undefined): Markup | string {
  const links = [
    ...(before === undefined ? [] : [html`<a href="${home}${historyPath(given)}">Newest</a>`]),
    ...(next === undefined ? [] : [html`<a href="${home}${historyPath(given, next)}">Older</a>`]),
  ];
  return links.length === 0 ? '' : html`<nav class="pages" aria-label="Pages">${links}</nav>`;
}

function item(frame: PageFrame, change: ListedChange, shownBatch: string | undefined): Markup {
  const { body, changeId, at } = change;
  const names = firstNames(body.fields);
  return html`<li class="sheet"><div class="top">${outcomeLabel(change)} <span class="small quiet">${instant(at)}</span></div>
<h3><a href="${frame.home}/history/${encodeURIComponent(changeId)}"><bdi>${names}</bdi> of ${whomText(frame, change)}</a></h3>
${fieldLines(body.fields)}
<p class="small quiet">Asked by ${excerpt(body.caller)}${body.approvedBy === undefined ? '' : html`, agreed by ${namesText(body.approvedBy)}`}${body.declinedBy === undefined ? '' : html`, declined by ${excerpt(body.declinedBy)}`}${body.code === undefined || body.declinedBy !== undefined ? '' : html`, ${body.code}`}${body.undoes === undefined ? '' : ', an undo'}${body.batchId === undefined || body.batchId === shownBatch ? '' : html`, ${batchLink(frame, body.batchId, 'in a batch')}`}</p>
${body.reason === undefined ? '' : html`<p class="small">Reason: ${excerpt(body.reason)}</p>`}</li>`;
}
