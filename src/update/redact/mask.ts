import { isObject, type Json } from '../../lib/json/json-value.ts';

/** Stands where a secret would. */
export const SECRET = '[secret]';

const DOTS = '•••';

/**
 * A value as somebody may see it who need not know it: `j•••@acme.com`, `J•••`, `1•••-••-••`. The structure of a
 * composite value stays, every leaf is masked.
 */
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
  // An address has 320 characters at most; a longer text would only be tried at every one of its dots.
  const address = text.length > 320 ? null : /^[^\s@]+@([^\s@]+\.[^\s@]+)$/.exec(text);
  if (address) return `${first}${DOTS}@${address[1]}`;
  if (/^\d{4}-\d{2}-\d{2}/.test(text)) return `${first}${DOTS}-••-••`;
  return text.length === first.length ? DOTS : `${first}${DOTS}`;
}
