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

/** One line for each budget. */
export function renderBudgets(checked: readonly CheckedBudget[]): string {
  const lines = checked.map((budget) => {
    const { topic, of, to, limit, measured } = budget;
    const number = measured.length === 0 ? '' : ratiosOf(measured);
    return `  ${verdictOn(budget).padEnd(14)} ${number.padStart(13)}   ${`${limit} ${to}`.padEnd(34)} ${topic}: ${of}`;
  });
  return ['budgets', ...lines].join('\n');
}

/** Whether a budget was met, in words. */
export function verdictOn({ measured, metIn, runs }: CheckedBudget): string {
  if (measured.length === 0) return 'not measured';
  if (metIn === runs) return 'met';
  return metIn === 0 ? 'MISSED' : `MET IN ${metIn} OF ${runs}`;
}

/** The lowest and the highest of some values; only one if they look the same. */
export function rangeOf(values: readonly number[], format: (value: number) => string): string {
  const lowest = Math.min(...values);
  return [...new Set([format(lowest), format(Math.max(...values))])].join(lowest < 0 ? ' to ' : '-');
}

/** The lowest and the highest ratio, with three digits near 1, where a budget may be a few percent. */
export function ratiosOf(values: readonly number[]): string {
  const digits = values.some((value) => Math.abs(value - 1) < 0.1) ? 3 : 2;
  return `${rangeOf(values, (value) => value.toFixed(digits))} ×`;
}

export function formatNumber(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
}
