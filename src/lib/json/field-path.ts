/**
 * Paths into a user record as text: `props.theme`, `name.familyName`. A dot separates segments; a `.`, `*` or `\` inside a
 * segment is written `\.`, `\*`, `\\`. All functions take time linear in their input.
 */

/**
 * The segments of a path, unescaped. Undefined for a text that is not a path: an empty segment, or a backslash that
 * escapes nothing. An unescaped `*` is kept; the caller decides whether it is a wildcard (`hasWildcard`).
 */
export function parsePath(text: string): string[] | undefined {
  const segments = splitPath(text)?.map(unescapeSegment);
  return segments?.every((segment) => segment !== undefined && segment !== '') ? (segments as string[]) : undefined;
}

/** The text of a path; `parsePath` reads it back. */
export function formatPath(segments: readonly string[]): string {
  return segments.map(escapeSegment).join('.');
}

/** The segments of a path or pattern as written, escapes and wildcards included. */
export function splitPath(text: string): string[] | undefined {
  const segments: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '.') {
      segments.push(text.slice(start, at));
      start = at + 1;
    }
    if (at >= text.length) return undefined; // nothing follows the escape
  }
  return [...segments, text.slice(start)];
}

/** Whether a written segment or path contains an unescaped `*`. */
export function hasWildcard(written: string): boolean {
  return written.replace(/\\./gs, '').includes('*');
}

export function escapeSegment(segment: string): string {
  return segment.replace(/[.*\\]/g, '\\$&');
}

/** Undefined if a backslash precedes anything but `.`, `*` or `\`: the meaning would be ambiguous. */
export function unescapeSegment(written: string): string | undefined {
  if (/\\(?![.*\\])/.test(written.replace(/\\[.*\\]/g, ''))) return undefined;
  return written.replace(/\\([.*\\])/g, '$1');
}
