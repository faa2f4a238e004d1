import { bounds } from '../../bounds.ts';
import { isObject } from '../../lib/json/json-value.ts';
import { bytesOf, isFinal, type ToolResult } from './tool.ts';

/** Limits for texts and lists in a result, from generous to tight. The first that makes the result fit is used. */
const SIZES = [
  { characters: 1000, entries: 200 },
  { characters: 400, entries: 100 },
  { characters: 120, entries: 40 },
  { characters: 60, entries: 15 },
  { characters: 30, entries: 5 },
] as const;
type Size = (typeof SIZES)[number];

/**
 * Cuts a result to its size limit, text and structure together. A safety net: tools put the important parts first.
 * Omitted parts are counted, in the structure next to the values, in the text outside quotation marks.
 */
export function limitResultSize(result: ToolResult, most: number = bounds.resultBytes): ToolResult {
  // A question is sent whole or not at all.
  if (!isFinal(result) || bytesOf(result) <= most) return result;
  const { content, structuredContent } = result;
  for (const size of SIZES) {
    const omissions: Omission[] = [];
    // An object stays an object.
    const smaller = structuredContent && (shrink(structuredContent, size, [], omissions) as Record<string, unknown>);
    const bounded = {
      ...result,
      content: content.map(({ text }) => ({ type: 'text' as const, text: shrinkText(text, size) })),
      ...(smaller && { structuredContent: { ...smaller, ...leftOut(omissions) } }),
    };
    if (bytesOf(bounded) <= most) return bounded;
  }
  const outcome = isObject(structuredContent) ? structuredContent['outcome'] : undefined;
  const message = 'The result was too large to send. list_changes shows what was recorded.';
  return {
    content: [{ type: 'text', text: typeof outcome === 'string' ? `${outcome}: ${message}` : message }],
    structuredContent: { ...(typeof outcome === 'string' && { outcome }), message },
    isError: result.isError ?? false,
  };
}

/** Something that was left out. */
interface Omission {
  path: readonly string[];
  left: string;
}

function shrink(value: unknown, size: Size, path: readonly string[], omissions: Omission[]): unknown {
  if (typeof value === 'string') return shrinkString(value, size, path, omissions);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  // The top-level names are ours, and few.
  const kept = path.length === 0 ? entries : entries.slice(0, size.entries);
  if (kept.length < entries.length) omissions.push({ path, left: `${entries.length - kept.length} entries` });
  const members = kept.map(
    ([key, member]) => [shrinkName(key, size), shrink(member, size, [...path, key], omissions)] as const,
  );
  return Array.isArray(value) ? members.map(([, member]) => member) : Object.fromEntries(members);
}

function shrinkString(text: string, { characters }: Size, path: readonly string[], omissions: Omission[]): string {
  if (text.length <= characters) return text;
  omissions.push({ path, left: `${text.length - characters} characters` });
  return text.slice(0, characters).toWellFormed();
}

function shrinkName(name: string, { characters }: Size): string {
  return name.length <= characters ? name : name.slice(0, characters).toWellFormed();
}

function leftOut(omissions: readonly Omission[]): { left_out?: string[] } {
  if (omissions.length === 0) return {};
  const named = omissions
    .slice(0, 10)
    .map(({ path, left }) => `${path.join('.').slice(0, 80).toWellFormed()}: ${left}`);
  return {
    left_out:
      omissions.length > named.length ? [...named, `and in ${omissions.length - named.length} more places`] : named,
  };
}

/** The first lines and the last: the last ones say what to do next. */
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
