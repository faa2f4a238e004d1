import { html } from 'hono/html';
import type { DailyActivity, DayCount } from '../../history/activity.ts';
import type { Markup } from '../layout.ts';

/** Changes per day as bars, and the same numbers as a table. Filled and hollow bars differ without colours. */

const BAR = 10;
const GAP = 2;
const HEIGHT = 100;

export function activityPlot(activity: DailyActivity): Markup {
  return html`<section class="lead" aria-labelledby="activity"><h2 id="activity">Changes per day</h2>
${activity === undefined ? html`<p class="small quiet">Not drawn: days are counted by service and outcome, and with these filters not all changes are on this page.</p>` : drawn(activity)}
</section>`;
}

function drawn(days: readonly DayCount[]): Markup {
  const most = Math.max(...days.map(totalOf));
  const updated = sum(days.map((day) => day.updated));
  const other = sum(days.map((day) => day.other));
  const [first, last] = [days[0]?.day ?? '', days.at(-1)?.day ?? ''];
  const summary = `${first} to ${last} (UTC): ${updated} changed, ${other} other.`;
  if (most === 0) return html`<p class="small quiet">${first} to ${last} (UTC): none.</p>`;
  return html`<svg class="plot" role="img" aria-label="${summary} At most ${most} on a day." viewBox="0 0 ${days.length * BAR} ${HEIGHT}" preserveAspectRatio="none">
${days.map((day, at) => bar(day, at * BAR, most))}
<path class="axis" d="M0 ${HEIGHT}H${days.length * BAR}"/></svg>
<p class="ends quiet"><span>${first}</span> <span>${last} (UTC)</span></p>
<p class="key"><span>At most ${most} on a day</span> <span>${sample('done')} Changed: ${updated}</span> <span>${sample('other')} Asked for, refused, failed or unclear: ${other}</span></p>
<details class="small"><summary>The same as a table</summary>
<table class="counts"><caption class="sr">${summary}</caption>
<thead><tr><th scope="col">Day (UTC)</th><th scope="col">Changed</th><th scope="col">Other</th></tr></thead>
<tbody>${days.filter((day) => totalOf(day) > 0).map(({ day, updated: done, other: rest }) => html`<tr><th scope="row">${day}</th><td>${done}</td><td>${rest}</td></tr>`)}</tbody></table>
<p class="quiet">Days without any are left out.</p></details>`;
}

function bar(day: DayCount, x: number, most: number): Markup | string {
  if (totalOf(day) === 0) return '';
  const [done, rest] = [day.updated, day.other].map((count) => round((count / most) * HEIGHT));
  const rect = (name: string, height: number, y: number) =>
    height === 0
      ? ''
      : html`<rect class="${name}" x="${x + GAP / 2}" y="${round(y)}" width="${BAR - GAP}" height="${height}"/>`;
  const top = HEIGHT - (done ?? 0);
  return html`<g><title>${day.day}: ${day.updated} changed, ${day.other} other</title>${rect('done', done ?? 0, top)}${rect('other', rest ?? 0, top - (rest ?? 0))}</g>`;
}

/** What a bar looks like, for the key. */
function sample(name: string): Markup {
  return html`<svg class="sample" viewBox="0 0 12 12" aria-hidden="true"><rect class="${name}" x="1" y="1" width="10" height="10"/></svg>`;
}

function totalOf({ updated, other }: DayCount): number {
  return updated + other;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
