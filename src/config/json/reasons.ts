/** What the parser expected where it found something else. */
export type ExpectedToken = keyof typeof EXPECTED;

const EXPECTED = {
  key: 'expected a key in double quotes',
  colon: 'expected a colon after the key',
  comma: 'expected a comma, or the closing bracket',
  value: 'expected a value: a string in double quotes, a number, true, false, null, an object or a list',
  escape: 'a backslash that begins no escape sequence; in a JSON string a backslash is written \\\\',
  character: 'a line break, tab or control character in a string; JSON writes \\n, \\t or \\u0000',
  end: 'unexpected content after the end',
};

/** Why a text is not JSON at an offset, and what to write instead. Shows no part of a value. */
export function reasonAt(text: string, at: number, expected: ExpectedToken): string {
  if (expected === 'escape' || expected === 'character') return EXPECTED[expected];
  const rest = text.slice(at, at + 40);
  if (rest === '') return text.trim() === '' ? EMPTY : 'the file ends too early; a closing bracket is missing';
  const isTrailing = /^[\]}]/.test(rest) && text.slice(0, at).trimEnd().endsWith(',');
  if (isTrailing) return 'a trailing comma; JSON has none before a closing bracket';
  const reasons = expected === 'value' ? [...PUNCTUATION, ...LITERALS] : PUNCTUATION;
  return reasons.find(([pattern]) => pattern.test(rest))?.[1] ?? EXPECTED[expected];
}

const EMPTY = 'the file is empty; the smallest configuration is {}';

const WORD = String.raw`(?![\w-])`;

type Reasons = readonly (readonly [RegExp, string])[];

const PUNCTUATION: Reasons = [
  [/^(?:\/\/|\/\*|#|<!--)/, 'JSON has no comments; remove it (a rule has a "note" for that)'],
  [/^'/, 'single quotes; JSON uses double quotes for keys and strings'],
  [/^[“”„‟«»‘’`]/, 'typographic quotation marks; JSON uses double quotes (") for keys and strings'],
  [/^[=;]/, 'JSON has a colon between key and value, and a comma between entries'],
  [/^[\p{Cc}\p{Cf}\p{Z}]/u, 'an invisible character, or a space that JSON does not allow; remove it'],
];

const LITERALS: Reasons = [
  [new RegExp(`^(?:None|nil|undefined|null|~)${WORD}`, 'i'), 'not valid JSON; write null, or leave the key out'],
  [new RegExp(`^(?:true|yes|on)${WORD}`, 'i'), 'not valid JSON; write true, in lower case'],
  [new RegExp(`^(?:false|no|off)${WORD}`, 'i'), 'not valid JSON; write false, in lower case'],
  [/^[+-]?(?:NaN|Infinity|inf)(?!\w)/i, 'not a JSON number'],
  [/^[+-]?\.?\d/, 'not a JSON number; JSON has no plus sign, no leading zeros and no leading point'],
];
