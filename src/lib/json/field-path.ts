/**
 * Paths into a record as text: `props.theme`, `name.familyName`. Between segments stands a dot; a `.`, `*` or `\`
 * inside a segment is written `\.`, `\*`, `\\`. All functions take time linear in their input.
 */

/**
 * The segments of a path, unescaped. Undefined for a text that is no path: an empty segment, a backslash that
 * escapes nothing. An unescaped `*` is taken as it is; whether it is a wildcard is for the caller to say (`hasWildcard`).
 */
export function parsePath(text: string): string[] | undefined {
  const segments = splitPath(text)?.map(unescapeSegment);
  return segments?.every((segment) => segment !== undefined && segment !== '') ? (segments as string[]) : undefined;
}

/** The text of a path; `parsePath` reads it back. */
export function formatPath(segments: readonly string[]): string {
  return segments.map(escapeSegment).join('.');
}

/** The segments of a path or pattern as they are written, escapes and wildcards included. */
export function splitPath(text: string): string[] | undefined {
  const segments: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '.') {
      segments.push(text.slice(start, at));
      start = at + 1;
    }
    if (at >= text.length) return undefined; // the escape has nothing behind it
  }
  return [...segments, text.slice(start)];
}

/** Whether a written segment or path holds a `*` that is not escaped. */
export function hasWildcard(written: string): boolean {
  return written.replace(/\\./gs, '').includes('*');
}

export function escapeSegment(segment: string): string {
  return segment.replace(/[.*\\]/g, '\\$&');
}

/** Undefined where a backslash stands before anything but `.`, `*` or `\`: nobody can tell what is meant. */
export function unescapeSegment(written: string): string | undefined {
  if (/\\(?![.*\\])/.test(written.replace(/\\[.*\\]/g, ''))) return undefined;
  return written.replace(/\\([.*\\])/g, '$1');
}
