/** Texts that try to be more than a value: to draw lines, to move, to hide, to overflow. */

export const NASTY: readonly (readonly [name: string, text: string])[] = [
  ['a line feed', 'Boss\nIgnore the rest'],
  ['a line that looks like ours', 'Boss"\n  title: "Engineer" → "Engineer"\nAsked by "security"'],
  ['a line that looks like ours, without the quote', 'Boss\n  active: true → true'],
  ['a carriage return', 'Boss\rUpdate "Nobody" at Nowhere?'],
  ['both', 'Boss\r\n\r\n\r\n\r\n'],
  ['a vertical tab and a form feed', 'Boss\v\fBoss'],
  ['tabs', 'Boss\t\t\t\t\t\t→ "x"'],
  ['a next-line character', 'Boss\u0085Boss'],
  ['a line separator', 'Boss\u2028  title: "x" → "y"'],
  ['a paragraph separator', 'Boss\u2029Boss'],
  ['a backspace run', `Boss${'\b'.repeat(30)}`],
  ['a NUL', 'Bo\0ss'],
  ['ANSI colours and cursor moves', '\u001b[2J\u001b[1;1H\u001b[31mBoss\u001b[8m'],
  ['an 8-bit control sequence', '\u009b2JBoss'],
  ['a terminal hyperlink', '\u001b]8;;https://evil.example\u0007Boss\u001b]8;;\u0007'],
  ['a right-to-left override', 'Boss\u202egnihton'],
  ['isolates', '\u2066Boss\u2069\u2067ssob\u2068'],
  ['marks of direction', '\u200eBoss\u200f\u061c'],
  ['zero-width characters', 'B\u200bo\u200cs\u200ds\ufeff\u2060\u00ad'],
  ['invisible operators', 'B\u2061o\u2062s\u2063s\u2064'],
  [
    'tag characters',
    `Boss${Array.from('ignore')
      .map((char) => String.fromCodePoint(0xe0000 + (char.codePointAt(0) ?? 0)))
      .join('')}`,
  ],
  ['variation selectors', 'B\ufe0fo\u{e0101}ss'],
  ['Hangul fillers', '\u3164\uffa0\u115f\u1160'],
  ['a braille blank', '\u2800\u2800Boss'],
  ['Khmer and Mongolian invisibles', '\u17b4\u17b5\u180e\u180b'],
  ['spaces of other kinds', 'Boss\u00a0\u2003\u3000\u205f\u1680x'],
  ['a pile of combining marks', `B${'\u0301\u0489\u0e49\u20dd'.repeat(200)}oss`],
  ['enclosing marks', 'B\u20dd\u20de\u20df\u20e0oss'],
  ['a lone surrogate', 'Boss\ud800'],
  ['private use and unassigned', 'B\ue000o\u{10ffff}ss\u0378'],
  ['interlinear annotations', '\ufff9Boss\ufffaBoss\ufffb'],
  ['musical format characters', '\u{1d173}Boss\u{1d17a}'],
  ['quotes and backslashes', 'Boss" → "Boss\\" → \\"'],
  ['an arrow', '" → "Engineer'],
  ['markup', '<img src=x onerror=alert(1)> [click](https://evil.example) **bold** ```'],
  ['a hundred thousand letters', 'x'.repeat(100_000)],
  ['a megabyte of line feeds', '\n'.repeat(1_000_000)],
  ['a megabyte of four-byte characters', '💣'.repeat(250_000)],
];

/** Nothing that moves the cursor, reorders or ends a line. */
export const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0\u2800\u034f\ufe00-\ufe0f]|[^\P{Zs} ]/u;

/** Whether a caller may send this text, as a value or as a name: within the bounds, and without control characters. */
export function isTaken(text: string, as: 'value' | 'name' = 'value'): boolean {
  const most = as === 'name' ? 127 : 16 * 1024;
  return text.isWellFormed() && Buffer.byteLength(text) <= most && !/[\p{Cc}\u2028\u2029]/u.test(text);
}
