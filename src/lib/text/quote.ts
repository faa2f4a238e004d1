import { stringifyJson } from '../json/json.ts';
import { isObject } from '../json/json-value.ts';

/** How foreign values are shown in our texts: quoted, on one line, with nothing that could pass for our own words. */

/** Characters (code points) of a value that are shown in one piece. */
export const PIECE = 120;

/** The whole value as JSON. Nothing in it moves the cursor, reorders or hides text. `(empty)` for an empty one. */
export function quote(value: unknown): string {
  if (value === undefined || value === null || value === '') return '(empty)';
  return escapeInvisible(stringifyJson(value));
}

/**
 * Like `quote`, but distinguishes absent, `null` and `""`, and Unicode forms of the same text: characters of a text that is
 * not in NFC are escaped.
 */
export function quoteExactly(value: unknown): string {
  if (value === undefined) return '(not set)';
  const quoted = escapeInvisible(stringifyJson(value));
  return quoted === quoted.normalize('NFC') ? quoted : quoted.replace(/[^\x20-\x7e]/gu, escapeCharacter);
}

/** The first `most` characters, quoted, and outside the quotes how many more there are. For lists and previews. */
export function quoteStart(value: unknown, most = PIECE, exact = false): string {
  const whole = () => (exact ? quoteExactly(value) : quote(value));
  const text = typeof value === 'string' ? value : isObject(value) || Array.isArray(value) ? stringifyJson(value) : '';
  if (text.length <= most) return whole();
  const points = [...text];
  if (points.length <= most) return whole();
  const beginning = points.slice(0, most).join('');
  const start = exact ? quoteExactly(beginning) : quote(beginning);
  return `${start} and ${(points.length - most).toLocaleString('en')} more characters`;
}

/** A long text in quoted pieces. Undefined for a short one, and for values that are not shown as text. */
export function quotePieces(value: unknown, exact = false): string[] | undefined {
  const text = typeof value === 'string' ? value : isObject(value) || Array.isArray(value) ? stringifyJson(value) : '';
  if (text.length <= PIECE) return undefined;
  const points = [...text];
  if (points.length <= PIECE) return undefined;
  const count = Math.ceil(points.length / PIECE);
  return Array.from({ length: count }, (_, at) => {
    const piece = points.slice(at * PIECE, (at + 1) * PIECE).join('');
    return exact ? quoteExactly(piece) : quote(piece);
  });
}

/** `before → after` of two quoted values. Next to right-to-left text an arrow could point either way, so words are used. */
export function moveText(before: string, after: string): string {
  return isRightToLeft(before) || isRightToLeft(after) ? `from ${before} to ${after}` : `${before} → ${after}`;
}

/** A name that may be foreign text: unchanged if it is a plain word, else quoted. */
export function quoteName(name: string): string {
  return /^[\w.:$-]{1,128}$/.test(name) ? name : quoteExactly(name);
}

/** A list of names, and how many more there are beyond `most`. */
export function quoteNames(names: readonly string[], most = Number.POSITIVE_INFINITY): string {
  const shown = names.slice(0, most).map(quoteName).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

/** Whether a text contains right-to-left letters. */
export function isRightToLeft(text: string): boolean {
  return /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}\p{Script=Samaritan}\p{Script=Mandaic}\p{Script=Mende_Kikakui}\p{Script=Hanifi_Rohingya}]/u.test(
    text,
  );
}

/** Escapes everything without a visible width: controls, formats (bidi, zero-width), separators, fillers, private use. */
export function escapeInvisible(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufe00-\ufe0f\u{e0100}-\u{e01ef}]|[^\P{Zs} ]|(?<=\p{M}{2})\p{M}|(?<=^")\p{M}/gu,
    escapeCharacter,
  );
}

function escapeCharacter(char: string): string {
  return `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;
}
