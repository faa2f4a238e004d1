import { bounds } from '../../bounds.ts';
import { maskByShape } from '../../lib/text/mask-by-shape.ts';
import { createScrub, GONE } from './scrub.ts';

/** Pieces of this many characters are searched for in an excerpt. */
const SHINGLE = 12;

/**
 * A short, scrubbed, printable excerpt of a vendor's text, or undefined if nothing safe is left: if a piece of a long
 * sensitive value remains, or if the text is a dump rather than a sentence. It has no quotation marks and no line breaks,
 * so that it cannot end the quotation it is shown in.
 */
export function excerpt(text: string, values: readonly string[]): string | undefined {
  const scrubbed = withoutWords(createScrub(values)(text.slice(0, 4000)), values)
    .replace(/[^\p{L}\p{M}\p{N}\p{P}\p{Zs}\p{Sm}\p{Sc}`｀]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const plain = hideLabelled(scrubbed.replace(QUOTES, ''));
  const masked = maskByShape(plain.replace(/\S{25,}/g, GONE)).trim();
  const most = bounds.quoteCharacters;
  const short = masked.length > most ? `${masked.slice(0, most - 3).toWellFormed()}...` : masked;
  if (short === '' || /[<>{}]/.test(short)) return undefined;
  // Sensitive values may contain quotation marks, so search the text that still has them.
  return holdsPiece(decodings(scrubbed.slice(0, 5 * most)), values) ? undefined : short;
}

const LABEL = '(?:pass(?:word|phrase|code|wd)|pwd|secret|token|api[ _-]?key|authorization|credential)\\w{0,20}';
const SCHEME = '(?:bearer|basic) ';
const LABELLED = new RegExp(`(${LABEL} ?([=:]) ?(?:${SCHEME})?|${SCHEME})(\\S+)`, 'giu');

/**
 * Removes what a text calls a secret, although it is none of ours: `password=…`, `Bearer …`. A plain word after a colon
 * stays, because a sentence about the field begins there: `password: must be longer`.
 */
function hideLabelled(text: string): string {
  return text.replace(LABELLED, (found, label: string, sign: string | undefined, value: string) => {
    const isSentence = sign !== '=' && /^\p{L}\p{Ll}*[.,;:]?$/u.test(value);
    return isSentence ? found : label + GONE;
  });
}

const QUOTES = /[\p{Pi}\p{Pf}"'`‚„‛‟〝〞〟＂＇｀「」『』]/gu;

/** Removes values of one or two characters, if they are words of their own. */
function withoutWords(text: string, values: readonly string[]): string {
  const short = new Set(values.map((value) => value.trim().toLowerCase()).filter((value) => /^.{1,2}$/u.test(value)));
  return text.replace(/[\p{L}\p{N}\p{M}]+/gu, (word) => (short.has(word.toLowerCase()) ? GONE : word));
}

/** A text and all its readings with URL, JSON or HTML escapes decoded, up to twice. */
function decodings(text: string): string[] {
  const found = new Set([text]);
  for (let round = 0; round < 2; round++) {
    for (const each of [...found])
      for (const decode of [unescapeUrl, unescapeJson, unescapeHtml]) found.add(decode(each));
  }
  return [...found, ...[...found].map((each) => each.replaceAll('+', ' '))];
}

function unescapeUrl(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'));
}

function unescapeJson(text: string): string {
  return text.replace(/\\(?:u([0-9a-f]{4})|([\\"'/]))/gi, (_, code?: string, char?: string) =>
    code === undefined ? (char ?? '') : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescapeHtml(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi, (whole, hex, digits, name) => {
    if (name !== undefined) return ENTITIES[String(name).toLowerCase()] ?? whole;
    const code = hex === undefined ? Number(digits) : Number.parseInt(String(hex), 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

function holdsPiece(texts: readonly string[], values: readonly string[]): boolean {
  const lower = texts.map((text) => text.toLowerCase());
  const shingles = new Set<string>();
  for (const text of lower) {
    for (let i = 0; i + SHINGLE <= text.length; i++) shingles.add(text.slice(i, i + SHINGLE));
  }
  return values.some((value) => {
    const long = value.slice(0, 10_000).trim().toLowerCase();
    if (long.length >= 3 && long.length < SHINGLE) return lower.some((text) => text.includes(long));
    for (let i = 0; i + SHINGLE <= long.length; i++) if (shingles.has(long.slice(i, i + SHINGLE))) return true;
    return false;
  });
}
