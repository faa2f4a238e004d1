/**
 * Masks text of a caller or a vendor by what its parts look like: e-mails, dates before this year, runs of 7 or more
 * digits, tokens of 24 or more characters. Never by comparison with a user record or a credential: the masks would then
 * reveal what those contain. Takes time linear in the text: parts of the pattern that can fail late are bounded.
 */
export function maskByShape(text: string, thisYear: number = new Date().getUTCFullYear()): string {
  return text.replace(SHAPES, (found, initial?: string, domain?: string, date?: string) => {
    if (domain !== undefined) return `${initial}${DOTS}@${domain}`;
    return date !== undefined && yearOf(date, thisYear) >= thisYear ? found : DOTS;
  });
}

export const DOTS = '•••';

/** Scripts written without spaces between words: a long sentence in one of them is not a token. */
const UNSPACED = ['Han', 'Hiragana', 'Katakana', 'Hangul', 'Thai', 'Lao', 'Khmer', 'Myanmar'];
const NO_TOKEN = [
  '\\s,;"\'`“”„‟‘’‚‛«»‹›()<>{}\\[\\]\\u3000-\\u303f\\uff00-\\uff1f\\uff21-\\uffef',
  ...UNSPACED.map((script) => `\\p{Script=${script}}`),
].join('');

const MAIL = `([^@:${NO_TOKEN}])[^@:${NO_TOKEN}]{0,63}(?:[@\\uff20]|%40)([^@:${NO_TOKEN}]{1,255})`;
const TOKEN = `[^${NO_TOKEN}]{24,}`;

/** 1971-03-02, 2.3.1971, 3/2/71, 2 March 1971, March 2nd, 1971. */
const DATES = [
  '(?:1[89]|2[01])\\d\\d[-./]\\d{1,2}(?:[-./]\\d{1,2})?(?!\\d)',
  '\\d{1,2}\\s?[-./]\\s?\\d{1,2}\\s?[-./]\\s?(?:1[89]|2[01])\\d\\d(?!\\d)',
  '\\d{1,2}([-/])\\d{1,2}\\4\\d\\d(?!\\d)',
  '\\d\\d\\.\\d\\d\\.\\d\\d(?!\\d)',
  '\\d{1,2}(?:\\.|st|nd|rd|th|º)?[\\s-](?:(?:of|de)\\s)?\\p{L}{3,12}\\.?,?[\\s-](?:de\\s)?(?:1[89]|2[01])\\d\\d(?!\\d)',
  '\\p{L}{3,12}\\.?\\s\\d{1,2}(?:st|nd|rd|th)?,?\\s(?:1[89]|2[01])\\d\\d(?!\\d)',
].map((date) => `(?<![\\p{L}\\d])${date}`);

/** Digits in groups, as in telephone, account and insurance numbers, count as one run. */
const DIGITS = '\\p{Nd}(?:[\\s.\\-/()]{0,2}\\p{Nd}){6,}';

// Dates come before digit runs: a date that may be shown would match both.
const SHAPES = new RegExp(`${MAIL}|(${DATES.join('|')})|${DIGITS}|${TOKEN}`, 'giu');

/** Two digits mean a year of the last hundred years. */
function yearOf(date: string, thisYear: number): number {
  const four = /\d{4}/.exec(date)?.[0];
  if (four !== undefined) return Number(four);
  const year = thisYear - (thisYear % 100) + Number(date.slice(-2));
  return year > thisYear ? year - 100 : year;
}
