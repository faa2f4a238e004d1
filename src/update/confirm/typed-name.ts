import { escapeInvisible } from '../../lib/text/quote.ts';
import type { PlanView } from '../redact/types.ts';

/** The name to type to confirm a change, and how the typed text is compared with it. */

/** The label if a keyboard can type it, else the id. Every kind of blank counts as a space. */
export function nameToType({ label, userId }: Pick<PlanView<'person'>, 'label' | 'userId'>): string {
  const name = label.replace(/\p{Zs}/gu, ' ');
  const visible = withoutJoiners(name);
  return name.length <= 60 && escapeInvisible(visible) === visible ? name : userId;
}

/** Ignores case, blanks, compatibility forms and variants of apostrophes and hyphens. */
export function isTyped(typed: string | undefined, name: string): boolean {
  return typed !== undefined && toComparable(typed) === toComparable(name);
}

/** The name in quotation marks, unescaped, as it has to be typed. */
export function spelledOut(name: string): string {
  return /["\\]/.test(name) ? `“${name}”` : `"${name}"`;
}

function toComparable(text: string): string {
  return (
    text
      .slice(0, 1000)
      .replace(/[\u0060\u00b4\u2018\u2019\u201a\u201b\u2032\u02b9\u02bb\u02bc\u02bd\u2035\uff07]/g, "'")
      .replace(/[\u201c\u201d\u201e\u201f\u2033\uff02]/g, '"')
      .replace(/[\u00ad\u2010-\u2015\u2212\u2043\ufe58\ufe63\uff0d]/g, '-')
      .replace(/[\ufe00-\ufe0f]/g, '')
      .normalize('NFKC')
      // Upper case first: it expands letters such as ß.
      .toUpperCase()
      .toLowerCase()
      .normalize('NFKC')
      .replace(/\s+/g, ' ')
      .trim()
  );
}

/**
 * Joiners are part of some scripts and emoji (UAX 31, section 2.3) and are typed there like any other character.
 * Elsewhere they are invisible and cannot be typed.
 */
function withoutJoiners(text: string): string {
  return text
    .replace(JOINED, '')
    .replace(/(?<=\p{Extended_Pictographic}\ufe0f?\p{Emoji_Modifier}?)\u200d(?=\p{Extended_Pictographic})/gu, '')
    .replace(/(?<=\p{Emoji})\ufe0f/gu, '');
}

const JOINING = [
  'Arabic',
  'Syriac',
  'Mongolian',
  'Devanagari',
  'Bengali',
  'Gurmukhi',
  'Gujarati',
  'Oriya',
  'Tamil',
  'Telugu',
  'Kannada',
  'Malayalam',
  'Sinhala',
  'Khmer',
  'Myanmar',
]
  .map((script) => `\\p{Script=${script}}`)
  .join('');
const JOINED = new RegExp(`(?<=[${JOINING}]\\p{M}?)[\\u200c\\u200d](?=[${JOINING}])`, 'gu');
