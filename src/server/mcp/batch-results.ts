import { bounds } from '../../bounds.ts';
import { quote, quoteStart } from '../../lib/text/quote.ts';
import type { BatchResult, MemberResult } from '../../update/batch/types.ts';
import { OUTCOMES } from '../../update/types.ts';
import { changeText, IS_ERROR, toPlain } from './results.ts';
import { bytesOf, type FinalToolResult } from './tool.ts';

/** The result of a batch as MCP content: structured for programs, and as a few lines of text for people. */
export function toBatchToolResult(batch: BatchResult): FinalToolResult {
  const whole = shown(batch, { characters: Number.POSITIVE_INFINITY, hasChanges: true });
  if (bytesOf(whole) <= bounds.listResultBytes) return whole;
  const smaller = SIZES.map((characters) => ({ characters, hasChanges: false }));
  for (const size of smaller) {
    const result = shown(batch, size);
    if (bytesOf(result) <= bounds.listResultBytes) return result;
  }
  // What still does not fit is left out by the general limit.
  return shown(batch, { characters: 0, hasChanges: false });
}

/** How much of each message is shown where not everything fits. */
const SIZES = [Number.POSITIVE_INFINITY, 200, 80, 0];

interface Shortening {
  /** Of a message. */
  characters: number;
  hasChanges: boolean;
}

function shown({ kind: _, ...batch }: BatchResult, size: Shortening): FinalToolResult {
  const results = batch.results.map((result) => cut(result, size));
  const left = leftOut(batch.results, results);
  const text = [toText({ ...batch, results }), ...left.map((one) => `Left out: ${one}.`)].join('\n');
  // An object stays an object.
  const structure = toPlain({ ...batch, results, ...(left.length > 0 && { left_out: left }) }) as Record<
    string,
    unknown
  >;
  const isError = OUTCOMES.some((name) => IS_ERROR[name] && batch.counts[name]);
  return { content: [{ type: 'text', text }], structuredContent: structure, isError };
}

type Shown = Omit<MemberResult, 'message'> & Partial<Pick<MemberResult, 'message'>>;

function cut({ changes, message, ...result }: MemberResult, { characters, hasChanges }: Shortening): Shown {
  const isCut = message.length > characters;
  return {
    ...result,
    ...(characters > 0 && { message: isCut ? `${message.slice(0, characters).toWellFormed()}…` : message }),
    ...(hasChanges && changes && { changes }),
  };
}

function leftOut(all: readonly MemberResult[], results: readonly Shown[]): string[] {
  const changes = all.filter(({ changes }, at) => changes && !results[at]?.changes).length;
  const messages = all.filter(({ message }, at) => message !== results[at]?.message).length;
  return [
    ...(changes > 0 ? [`changes of ${changes} results`] : []),
    ...(messages > 0 ? [`${messages} messages, or the end of them`] : []),
  ];
}

function toText({
  outcome,
  batch_id,
  results,
  message,
  verdict,
  rule,
  next,
}: Omit<BatchResult, 'kind' | 'results'> & { results: readonly Shown[] }): string {
  return [
    `${outcome}: batch ${batch_id}`,
    message,
    ...results.flatMap(memberLines),
    ...(rule === undefined ? [] : [`Policy: ${verdict}, by ${quote(rule)}.`]),
    ...(next === undefined ? [] : [`Next: ${next}`]),
  ].join('\n');
}

function memberLines({ outcome, provider, connection, user, code, message, changes }: Shown): string[] {
  const who = user.label === undefined ? `user ${quote(user.id)}` : `${quoteStart(user.label)} (${quote(user.id)})`;
  const where = connection === provider ? provider : `${provider}, connection ${quote(connection)}`;
  const isPlain = outcome === 'updated' || outcome === 'unchanged' || outcome === 'preview';
  const why = isPlain || message === undefined ? '' : `: ${message}`;
  return [
    `  ${outcome}${code === undefined ? '' : ` (${code})`}: ${who} at ${where}${why}`,
    ...(changes ?? []).map((change) => `    ${changeText(change)}`),
  ];
}
