/** Shorter values would be found across the words of any sentence. */
const SHORTEST = 6;

/** What may separate the letters of a text that is spelled out: `a b`, `a-b`, `61:62`, `0x61 0x62`, `\\x61`, `%61`. */
const BETWEEN = /[^\p{L}\p{N}]*(?:0x|\\x|\\u00|&#x)(?=[0-9a-f]{2})|[^\p{L}\p{N}]+/giu;

/**
 * Replaces values that a text spells out: letter by letter with any separators, likewise in hex (base16), or backwards.
 * Compares letters and digits only, so that one search covers every separator.
 */
export function hideSpelledOut(values: readonly string[], instead: string): (text: string) => string {
  const whole = new Set(values.map((value) => value.toLowerCase()));
  const spellings = [...new Set(values.flatMap(spellingsOf))].filter((spelling) => spelling.length >= SHORTEST);
  return (text) => (spellings.length === 0 ? text : hide(text, spellings, whole, instead));
}

function hide(text: string, spellings: readonly string[], whole: ReadonlySet<string>, instead: string): string {
  const { letters, places } = lettersOf(text);
  const hidden: [from: number, to: number][] = [];
  for (const spelling of spellings) {
    for (let at = letters.indexOf(spelling); at >= 0; at = letters.indexOf(spelling, at + spelling.length)) {
      const [from, to] = [places[at] ?? 0, (places[at + spelling.length - 1] ?? text.length) + 1];
      // `createScrub` finds a value in one piece.
      if (to - from > spelling.length || !whole.has(spelling)) hidden.push([from, to]);
    }
  }
  if (hidden.length === 0) return text;
  hidden.sort(([a], [b]) => a - b);
  let result = '';
  let end = 0;
  for (const [from, to] of hidden) {
    if (from >= end) result += text.slice(end, from) + instead;
    end = Math.max(end, to);
  }
  return result + text.slice(end);
}

function spellingsOf(value: string): string[] {
  const plain = lettersOf(value).letters;
  const hex = Buffer.from(value, 'utf8').toString('hex');
  const backwards = plain.length >= SHORTEST + 2 ? [Array.from(plain).reverse().join('')] : [];
  return [plain, hex, ...backwards];
}

/** Letters and digits in lower case, with the position of each in the text. */
function lettersOf(text: string): { letters: string; places: number[] } {
  const places: number[] = [];
  let letters = '';
  let from = 0;
  const take = (to: number) => {
    for (let at = from; at < to; at++) {
      const lower = text.charAt(at).toLowerCase();
      letters += lower;
      for (let unit = 0; unit < lower.length; unit++) places.push(at);
    }
  };
  for (const { index, 0: between } of text.matchAll(BETWEEN)) {
    take(index);
    from = index + between.length;
  }
  take(text.length);
  return { letters, places };
}
