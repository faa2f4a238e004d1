import { isObject, type Json } from '../../lib/json/json-value.ts';
import type { Placeholder } from '../../lib/json/redacted.ts';
import { DOTS } from '../../lib/text/mask-by-shape.ts';

/** Shown in place of a secret. */
export const SECRET = '[secret]' satisfies Placeholder;

/** Masks a value: `j•••@acme.com`, `J•••`, `1•••-••-••`. A composite value keeps its structure, with each leaf masked. */
export function mask(value: Json | undefined): Json {
  if (value === undefined || value === null || value === '') return value ?? null;
  if (typeof value === 'string') return maskText(value);
  if (typeof value === 'boolean') return DOTS;
  if (Array.isArray(value)) return value.map(mask);
  if (!isObject(value)) return maskText(String(value));
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, mask(member)]));
}

function maskText(text: string): string {
  const [first = ''] = text;
  // An address has at most 320 characters; on a longer text the pattern would backtrack at every dot.
  const address = text.length > 320 ? null : /^[^\s@]+@([^\s@]+\.[^\s@]+)$/.exec(text);
  if (address) return `${first}${DOTS}@${address[1]}`;
  if (/^\d{4}-\d{2}-\d{2}/.test(text)) return `${first}${DOTS}-••-••`;
  return text.length === first.length ? DOTS : `${first}${DOTS}`;
}
