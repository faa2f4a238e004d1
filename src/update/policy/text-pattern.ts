/**
 * Whether a text matches a pattern, or one of a list: `*` stands for any text. Ignores case; compares in Unicode NFC.
 */
export function isLike(pattern: string | readonly string[], text: string): boolean {
  const patterns = typeof pattern === 'string' ? [pattern] : pattern;
  return patterns.some((one) => matchWildcard(toComparable(one), toComparable(text)));
}

/** A text without its case and its Unicode form. */
export function toComparable(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/** `*` stands for any text; the rest is compared exactly. Linear in the text: no backtracking beyond the last star. */
export function matchWildcard(pattern: string, text: string): boolean {
  let [p, t, star, mark] = [0, 0, -1, 0];
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      mark = t;
    } else if (pattern[p] === text[t]) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
