import { bounds } from '../../bounds.ts';
import { isObject } from '../../lib/json/json-value.ts';
import type { FinalToolResult, ToolResult } from './tool.ts';

/** How long texts and lists in an answer may be, from generous to meagre; the first that fits is taken. */
const SIZES = [
  { characters: 1000, entries: 200 },
  { characters: 400, entries: 100 },
  { characters: 120, entries: 40 },
  { characters: 60, entries: 15 },
  { characters: 30, entries: 5 },
] as const;
type Size = (typeof SIZES)[number];

/**
 * An answer within its bound, text and structure together. The last guard, whatever made it too large: tools see to it
 * themselves that what matters comes first. What is left out is counted, in the structure beside the values, in the text
 * outside of any quotation marks.
 */
export function limitResultSize(answer: ToolResult, most: number = bounds.answerBytes): ToolResult {
  if (!isFinal(answer) || bytesOf(answer) <= most) return answer;
  const { content, structuredContent } = answer;
  for (const size of SIZES) {
    const cuts: Cut[] = [];
    const smaller = structuredContent && (shrink(structuredContent, size, [], cuts) as Record<string, unknown>);
    const bounded = {
      ...answer,
      content: content.map(({ text }) => ({ type: 'text' as const, text: shrinkText(text, size) })),
      ...(smaller && { structuredContent: { ...smaller, ...leftOut(cuts) } }),
    };
    if (bytesOf(bounded) <= most) return bounded;
  }
  const outcome = isObject(structuredContent) ? structuredContent['outcome'] : undefined;
  const message = 'The answer was too large to be given. list_changes shows what was recorded.';
  return {
    content: [{ type: 'text', text: typeof outcome === 'string' ? `${outcome}: ${message}` : message }],
    structuredContent: { ...(typeof outcome === 'string' && { outcome }), message },
    isError: answer.isError ?? false,
  };
}

interface Cut {
  path: readonly string[];
  left: string;
}

/** A question is no answer yet; it goes out whole or not at all. */
function isFinal(answer: ToolResult): answer is FinalToolResult {
  return 'content' in answer;
}

function bytesOf({ content, structuredContent }: FinalToolResult): number {
  return Buffer.byteLength(JSON.stringify([content, structuredContent]));
}

function shrink(value: unknown, size: Size, path: readonly string[], cuts: Cut[]): unknown {
  if (typeof value === 'string') return shrinkString(value, size, path, cuts);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  // The names of the answer itself are ours, and few.
  const kept = path.length === 0 ? entries : entries.slice(0, size.entries);
  if (kept.length < entries.length) cuts.push({ path, left: `${entries.length - kept.length} entries` });
  const members = kept.map(
    ([key, member]) => [shrinkName(key, size), shrink(member, size, [...path, key], cuts)] as const,
  );
  return Array.isArray(value) ? members.map(([, member]) => member) : Object.fromEntries(members);
}

function shrinkString(text: string, { characters }: Size, path: readonly string[], cuts: Cut[]): string {
  if (text.length <= characters) return text;
  cuts.push({ path, left: `${text.length - characters} characters` });
  return text.slice(0, characters).toWellFormed();
}

function shrinkName(name: string, { characters }: Size): string {
  return name.length <= characters ? name : name.slice(0, characters).toWellFormed();
}

function leftOut(cuts: readonly Cut[]): { left_out?: string[] } {
  if (cuts.length === 0) return {};
  const named = cuts.slice(0, 10).map(({ path, left }) => `${path.join('.').slice(0, 80).toWellFormed()}: ${left}`);
  return {
    left_out: cuts.length > named.length ? [...named, `and in ${cuts.length - named.length} more places`] : named,
  };
}

/** The first lines and the last, since these say what to do next. */
function shrinkText(text: string, size: Size): string {
  const lines = text.split('\n');
  const tail = Math.min(5, Math.floor(size.entries / 2));
  const kept =
    lines.length <= size.entries
      ? lines
      : [
          ...lines.slice(0, size.entries - tail),
          `(${lines.length - size.entries} more lines)`,
          ...lines.slice(lines.length - tail),
        ];
  const most = size.characters * 2;
  return kept
    .map((line) =>
      line.length <= most ? line : `${line.slice(0, most).toWellFormed()} (${line.length - most} more characters)`,
    )
    .join('\n');
}
