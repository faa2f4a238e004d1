import type { CheckedBudget } from './budgets.ts';
import type { Row } from './statistics.ts';

/** Rows grouped by topic, one line each, with the ratio to the named baseline. */
export function renderRows(rows: readonly Row[]): string {
  const topics = [...new Set(rows.map(({ topic }) => topic))];
  return topics
    .map((topic) => [topic, ...rows.filter((row) => row.topic === topic).map(renderRow)].join('\n'))
    .join('\n\n');
}

function renderRow({ what, value, unit, ratio, baseline, note }: Row): string {
  const number = value === undefined ? '—' : `${formatNumber(value)} ${unit}`;
  const compared = ratio === undefined ? '' : `${ratio.toFixed(2)} × ${baseline}`;
  return `  ${what.padEnd(58)} ${number.padStart(12)}   ${[compared, note].filter(Boolean).join('   ')}`.trimEnd();
}

export function renderBudgets(checked: readonly CheckedBudget[]): string {
  const lines = checked.map(({ budget, limit, measured, met }) => {
    const word = measured === undefined ? 'not measured' : met ? 'met' : 'MISSED';
    const number = measured === undefined ? '' : `${measured.toFixed(2)} ×`;
    return `  ${word.padEnd(12)} ${number.padStart(8)}   ${limit.padEnd(34)} ${budget}`;
  });
  return ['budgets', ...lines].join('\n');
}

function formatNumber(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
