import { isLike, toComparable } from './text-pattern.ts';

/** A text that is not known, such as one that is masked in the audit log. Its end may be: the domain of an address. */
export interface HiddenText {
  suffix: string;
  mayBeEmpty: boolean;
}

/** A text that patterns are compared with. */
export type Text = string | HiddenText;

/** `unknown`: it depends on what is hidden. */
export type Fit = 'yes' | 'no' | 'unknown';

export const HIDDEN: HiddenText = { suffix: '', mayBeEmpty: true };

export function toFit(fits: boolean): Fit {
  return fits ? 'yes' : 'no';
}

/** `unknown` if the alternatives differ. */
export function oneOf(fits: readonly Fit[]): Fit {
  const [first = 'unknown'] = fits;
  return fits.every((fit) => fit === first) ? first : 'unknown';
}

export function someOf<T>(items: readonly T[], fitOf: (item: T) => Fit): Fit {
  let found: Fit = 'no';
  for (const item of items) {
    const fit = fitOf(item);
    if (fit === 'yes') return 'yes';
    if (fit === 'unknown') found = 'unknown';
  }
  return found;
}

export function everyOf<T>(items: readonly T[], fitOf: (item: T) => Fit): Fit {
  let found: Fit = 'yes';
  for (const item of items) {
    const fit = fitOf(item);
    if (fit === 'no') return 'no';
    if (fit === 'unknown') found = 'unknown';
  }
  return found;
}

/** Whether a text matches one of the patterns: `isLike`, as far as it is known. */
export function isLikeText(patterns: readonly string[], text: Text): Fit {
  if (typeof text === 'string') return toFit(isLike(patterns, text));
  return someOf(patterns, (pattern) => {
    const fit = fitOfHidden(toComparable(pattern), toComparable(text.suffix));
    return text.mayBeEmpty ? oneOf([fit, toFit(isLike(pattern, ''))]) : fit;
  });
}

/** Whether every text is the empty one. */
export function areEmpty(texts: readonly Text[]): Fit {
  return everyOf(texts, (text) => {
    if (typeof text === 'string') return toFit(text === '');
    return text.mayBeEmpty ? 'unknown' : 'no';
  });
}

/** What is known of each of several texts, if it is not known which of them count. */
export function anyOf(texts: readonly Text[], { mayBeEmpty }: { mayBeEmpty: boolean }): HiddenText {
  const suffixes = texts.map((text) => (typeof text === 'string' ? domainOf(text) : text.suffix));
  const [first = ''] = suffixes;
  const isShared = suffixes.every((suffix) => toComparable(suffix) === toComparable(first));
  const isEmpty = (text: Text) => text === '' || (typeof text !== 'string' && text.mayBeEmpty);
  return { suffix: isShared ? first : '', mayBeEmpty: mayBeEmpty || texts.some(isEmpty) };
}

/**
 * From the last `@` on. Nothing before that character changes what follows it, in Unicode form or case, so that it can
 * be compared without the rest.
 */
export function domainOf(text: string): string {
  const at = text.lastIndexOf('@');
  return at < 0 ? '' : text.slice(at);
}

/** For a text that is not empty. */
function fitOfHidden(pattern: string, suffix: string): Fit {
  if (pattern === '') return 'no';
  const star = pattern.lastIndexOf('*');
  const last = pattern.slice(star + 1);
  if (star < 0) return last.endsWith(suffix) ? 'unknown' : 'no';
  if (!suffix.endsWith(last)) return last.endsWith(suffix) ? 'unknown' : 'no';
  return /^\*+$/.test(pattern.slice(0, star + 1)) ? 'yes' : 'unknown';
}
