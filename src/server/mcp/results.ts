import type { AppError } from '../../errors.ts';
import { isExact } from '../../lib/json/json-value.ts';
import { moveText, quote, quoteName, quoteStart } from '../../lib/text/quote.ts';
import { nextAfter } from '../../update/results/next-steps.ts';
import type { ChangeResult, OutcomeName, Result } from '../../update/types.ts';
import type { ToolResult } from './tool.ts';

/** Which outcomes MCP reports as errors. */
export const IS_ERROR: Readonly<Record<OutcomeName, boolean>> = {
  updated: false,
  unchanged: false,
  preview: false,
  needs_approval: false,
  refused: true,
  denied: true,
  conflict: true,
  failed: true,
  unverified: true,
};

/** A result as MCP content: structured for programs, and as a few lines of text for people. */
export function toToolResult({ kind: _, ...result }: Result): ToolResult {
  return {
    content: [{ type: 'text', text: toText(result) }],
    structuredContent: toPlain(result) as Record<string, unknown>, // an object stays an object
    isError: IS_ERROR[result.outcome],
  };
}

/** The result of a call that failed before it changed anything. */
export function toFailedResult(error: AppError): ToolResult {
  const { code } = error;
  // Faults come one per line, and so does the conclusion.
  const message = `${error.message}${code === 'invalid_input' ? '\n' : ' '}Nothing was changed.`;
  const next = nextAfter(error);
  const lines = [`failed: ${message}`, `Code: ${code}.`, `Next: ${next}`];
  return {
    content: [{ type: 'text', text: lines.join('\n') }],
    structuredContent: { outcome: 'failed', code, message, changes: [], next },
    isError: true,
  };
}

/** Plain JSON: numbers that a double cannot hold, such as ids beyond 2^53, become strings of digits. */
export function toPlain(value: unknown): unknown {
  return hasExact(value) ? withoutExact(value) : value;
}

function hasExact(value: unknown): boolean {
  if (isExact(value)) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(hasExact);
}

function withoutExact(value: unknown): unknown {
  if (isExact(value)) return value.toString();
  if (Array.isArray(value)) return value.map(withoutExact);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withoutExact(member)]));
}

export function changeText(change: ChangeResult): string {
  // Inside a free-form object an absent value has no key, and null is a value.
  const isExact = !('before' in change && 'after' in change);
  const [before, after] = [change.before, change.after].map((value) => quoteStart(value, undefined, isExact));
  return `${quoteName(change.field)}: ${moveText(before ?? '', after ?? '')}`;
}

/** A result as a few lines of text for people. */
export function toText(result: Omit<Result, 'kind'>): string {
  const who =
    result.user.label === undefined
      ? `user ${quote(result.user.id)}`
      : `${quoteStart(result.user.label)} (${quote(result.user.id)})`;
  const list = (title: string, names: readonly string[] | undefined) =>
    names?.length ? [`${title}: ${names.map(quoteName).join(', ')}`] : [];
  return [
    `${result.outcome}: ${who} at ${result.provider}, connection ${quote(result.connection)}`,
    ...result.changes.map((change) => `  ${changeText(change)}`),
    ...list('Left out by policy', result.stripped),
    result.message,
    ...(result.collateral ?? []).map((change) => `  unasked: ${changeText(change)}`),
    ...(result.rule === undefined ? [] : [`Policy: ${result.verdict}, by ${quote(result.rule)}.`]),
    ...(result.code === undefined ? [] : [`Code: ${result.code}.`]),
    ...(result.next === undefined ? [] : [`Next: ${result.next}`]),
    ...(result.change_id === undefined ? [] : [`Recorded as ${result.change_id}.`]),
  ].join('\n');
}
