import { splitPath, unescapeSegment } from '../../lib/json/field-path.ts';

/** A `field` pattern of a policy rule by segment: literal texts with wildcards between them. */
export type FieldPattern = readonly (readonly string[])[];

/**
 * Parses `provider.field.key`, `*.custom_fields.*`. `*` stands for any text within one segment; `\.`, `\*` and `\\` are
 * literal. Empty for a text that is not a pattern: it matches nothing, and the configuration refuses it.
 */
export function parseFieldPattern(text: string): FieldPattern {
  const segments = (splitPath(text) ?? []).map((segment) => literalsOf(segment));
  return segments.every((literals) => literals !== undefined) ? segments : [];
}

/** Whether a pattern matches a path, or one above it: a pattern covers everything below its match. Case-sensitive. */
export function matchPath(pattern: FieldPattern, path: readonly string[]): boolean {
  if (pattern.length === 0 || pattern.length > path.length) return false;
  return pattern.every((literals, at) => matchSegment(literals, path[at] ?? ''));
}

/** The literal texts of a segment, split at its wildcards. Undefined if it is empty or an escape is wrong. */
function literalsOf(segment: string): string[] | undefined {
  const parts = segment.match(/(?:\\.|[^\\*])+|\*/gs) ?? [];
  const literals: string[] = [''];
  for (const part of parts) {
    if (part === '*') literals.push('');
    else {
      const literal = unescapeSegment(part);
      if (literal === undefined) return undefined;
      literals[literals.length - 1] = literal;
    }
  }
  return segment === '' ? undefined : literals;
}

function matchSegment(literals: readonly string[], segment: string): boolean {
  const [first = '', ...rest] = literals;
  if (rest.length === 0) return segment === first;
  const last = rest.at(-1) ?? '';
  if (!segment.startsWith(first) || !segment.endsWith(last)) return false;
  if (segment.length < first.length + last.length) return false;
  let at = first.length;
  for (const literal of rest.slice(0, -1)) {
    const found = segment.indexOf(literal, at);
    if (found < 0) return false;
    at = found + literal.length;
  }
  return at <= segment.length - last.length;
}
