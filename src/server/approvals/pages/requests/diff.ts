import { html } from 'hono/html';
import type { Markup } from '../layout.ts';

/** Texts that share less than this are treated as unrelated: marking the difference would not help. */
const LEAST_COMMON = 0.3;

/** Marks the part in which two texts differ: one changed letter in a long address, or a lookalike letter. */
export function markDifference(before: string, after: string): [Markup, Markup] {
  const [old, now] = [[...before], [...after]];
  const shorter = Math.min(old.length, now.length);
  let head = 0;
  while (head < shorter && old[head] === now[head]) head++;
  let tail = 0;
  while (tail < shorter - head && old.at(-1 - tail) === now.at(-1 - tail)) tail++;
  // The quotes at both ends are ours and always the same.
  const common = (head + tail - 2) / Math.max(1, Math.max(old.length, now.length) - 2);
  if (common < LEAST_COMMON) return [html`${before}`, html`${after}`];
  return [mark(old, head, tail), mark(now, head, tail)];
}

function mark(points: string[], head: number, tail: number): Markup {
  const end = points.length - tail;
  const middle = points.slice(head, end).join('');
  const marked = middle === '' ? '' : html`<mark>${middle}</mark>`;
  return html`${points.slice(0, head).join('')}${marked}${points.slice(end).join('')}`;
}
