import type { CheckedBudget } from './budgets.ts';
import type { Row } from './statistics.ts';
import { formatNumber, rangeOf, ratiosOf, verdictOn } from './table.ts';
import { IN_FLIGHT_TOPICS, INSTALL_TOPICS, STAGE_TOPICS } from './topics.ts';

/** The tables of docs/benchmarks.md: the budgets, and some of the values. */
export function renderMarkdown(
  runs: readonly (readonly Row[])[],
  budgets: readonly CheckedBudget[],
  notes: readonly string[],
): string {
  const rows = runs.flat();
  const failed = rows
    .filter(({ value }) => value === undefined)
    .map(({ topic, what, note }) => `${topic}, ${what}: ${note}`);
  const values = [IN_FLIGHT_TOPICS, STAGE_TOPICS, INSTALL_TOPICS].map((topics) => valueTable(rows, topics));
  return [budgetTable(rows, budgets), ...values, ...failed, ...notes].filter(Boolean).join('\n\n');
}

/** Budgets of which one value is missing are named. Those of parts that were left out are not. */
function budgetTable(rows: readonly Row[], budgets: readonly CheckedBudget[]): string {
  const topics = new Set(rows.map(({ topic }) => topic));
  const measured = budgets.filter((budget) => budget.measured.length > 0);
  const others = budgets.filter((budget) => budget.measured.length === 0 && topics.has(budget.topic));
  const lines = measured.map((budget) => {
    const { topic, of, to, limit } = budget;
    return [topic, of, `${ratiosOf(budget.measured)} ${to}`, limit, verdictOn(budget)];
  });
  const table = lines.length > 0 ? [tableOf([['', 'of', 'measured', 'budget', ''], ...lines])] : [];
  const missing = others.map(({ topic, of, to }) => `${topic}: ${of} against ${to}`);
  return [...table, ...(missing.length > 0 ? [`Not measured: ${missing.join('; ')}.`] : [])].join('\n\n');
}

/** The lowest and the highest value of the runs: a line for each thing measured, a column for each topic. */
function valueTable(rows: readonly Row[], topics: Readonly<Record<string, string>>): string {
  const names = [...new Set(rows.filter(({ topic }) => topic in topics).map(({ what }) => what))];
  if (names.length === 0) return '';
  const cell = (what: string, topic: string) => {
    const found = rows.filter((row) => row.topic === topic && row.what === what);
    const values = found.flatMap(({ value }) => value ?? []);
    return values.length === 0 ? '' : `${rangeOf(values, formatNumber)} ${found[0]?.unit}`.trimEnd();
  };
  const lines = names.map((what) => [what, ...Object.keys(topics).map((topic) => cell(what, topic))]);
  return tableOf([['', ...Object.values(topics)], ...lines]);
}

function tableOf([head = [], ...lines]: readonly (readonly string[])[]): string {
  const rule = head.map(() => '---');
  return [head, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`.replaceAll('|  |', '| |')).join('\n');
}
