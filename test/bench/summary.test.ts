import { expect, it } from 'vitest';
import { checkBudgets } from '../../bench/budgets.ts';
import { renderMarkdown } from '../../bench/markdown.ts';
import type { Row } from '../../bench/statistics.ts';
import { FLOOR, MEMORY } from '../../bench/subjects/servers.ts';
import { renderBudgets } from '../../bench/table.ts';
import { P50 } from '../../bench/topics.ts';

const runs = [2, 2.2, 4].map((value) => runWith(value));

function runWith(value: number): Row[] {
  return [
    { topic: P50, what: FLOOR, value: 2, unit: 'ms' },
    { topic: P50, what: MEMORY, value, unit: 'ms' },
  ];
}

it('a budget has the ratio of each run, and how many met it', () => {
  const budget = checkBudgets(runs).find(({ topic, of }) => topic === P50 && of === MEMORY);
  expect(budget).toMatchObject({ to: FLOOR, limit: '≤ 1.3 ×', measured: [1, 1.1, 2], metIn: 2, runs: 3 });
});

it('a run that could not measure a budget did not meet it', () => {
  const budget = checkBudgets([runWith(2), []]).find(({ topic, of }) => topic === P50 && of === MEMORY);
  expect(budget).toMatchObject({ measured: [1], metIn: 1, runs: 2 });
});

it('shows the lowest and the highest ratio', () => {
  expect(renderBudgets(checkBudgets(runs))).toMatch(/MET IN 2 OF 3 +1\.000-2\.000 × +≤ 1\.3 × floor/);
});

it('the Markdown has the budgets that were measured, and names those that lack a value', () => {
  const text = renderMarkdown(runs, checkBudgets(runs), ['three runs']);
  const row = `| ${P50} | ${MEMORY} | 1.000-2.000 × floor | ≤ 1.3 × | MET IN 2 OF 3 |`;
  expect(text.split('\n\n')[0]?.split('\n').slice(2)).toEqual([row]);
  expect(text).toContain(`Not measured: ${P50}: ours, SQLite against floor + a synced append.`);
  expect(text).not.toContain('install');
});
