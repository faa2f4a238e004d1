/** What a reader of JSON looks for where it finds something else. */
export type Expected = keyof typeof EXPECTED;

const EXPECTED = {
  key: 'expected a key in double quotes',
  colon: 'expected a colon after the key',
  comma: 'expected a comma, or the closing bracket',
  value: 'expected a value: a text in double quotes, a number, true, false, null, an object or a list',
  escape: 'a backslash that begins no escape; JSON writes a backslash in a text as \\\\',
  letter: 'a line end, tab or control character within a text; JSON writes \\n, \\t or \\u0000',
  end: 'something follows after the end',
};

/** Why a text is no JSON at a position, in a sentence that tells what to write instead. Shows no part of a value. */
export function reasonAt(text: string, at: number, expected: Expected): string {
  if (expected === 'escape' || expected === 'letter') return EXPECTED[expected];
  const rest = text.slice(at, at + 40);
  if (rest === '') return text.trim() === '' ? EMPTY : 'the file ends too early; a closing bracket is missing';
  const isTrailing = /^[\]}]/.test(rest) && text.slice(0, at).trimEnd().endsWith(',');
  if (isTrailing) return 'a comma stands before the closing bracket; JSON has none there';
  const reasons = expected === 'value' ? [...MARKS, ...WORDS] : MARKS;
  return reasons.find(([pattern]) => pattern.test(rest))?.[1] ?? EXPECTED[expected];
}

const EMPTY = 'the file is empty; the smallest configuration is {}';

const WORD = String.raw`(?![\w-])`;

type Reasons = readonly (readonly [RegExp, string])[];

const MARKS: Reasons = [
  [/^(?:\/\/|\/\*|#|<!--)/, 'JSON has no comments; take it out (a rule has a "note" for that)'],
  [/^'/, 'single quotes; JSON writes keys and texts in double quotes'],
  [/^[“”„‟«»‘’`]/, 'other quotation marks; JSON writes keys and texts in double quotes, as "'],
  [/^[=;]/, 'JSON writes a colon between key and value, and a comma between entries'],
  [/^[\p{Cc}\p{Cf}\p{Z}]/u, 'a blank that JSON does not know, or a character that cannot be seen; take it out'],
];

const WORDS: Reasons = [
  [
    new RegExp(`^(?:None|nil|undefined|null|~)${WORD}`, 'i'),
    'no JSON; nothing is written null, or the key is left out',
  ],
  [new RegExp(`^(?:true|yes|on)${WORD}`, 'i'), 'no JSON; yes is written true, in small letters'],
  [new RegExp(`^(?:false|no|off)${WORD}`, 'i'), 'no JSON; no is written false, in small letters'],
  [/^[+-]?(?:NaN|Infinity|inf)(?!\w)/i, 'no number of JSON'],
  [/^[+-]?\.?\d/, 'a number that JSON does not write like this; it has digits in front, and no leading zeros or signs'],
];
