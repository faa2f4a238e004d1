import { isObject } from '../lib/json/json-value.ts';

/**
 * Replaces a value that was too long for an entry: its beginning (as JSON), its length, and an HMAC of it, so that a value
 * can be proven to be this one. The before-image holds the whole value.
 */
export interface CutValue {
  cut: string;
  /** Length of the JSON of the value, in UTF-16 units. */
  characters: number;
  hash: string;
}

/** Whether a value of an entry is not whole. */
export function isCutValue(value: unknown): boolean {
  return isObject(value) && ['cut', 'characters', 'hash'].every((key) => Object.hasOwn(value, key));
}

/** Whether a text of an entry is not whole. */
export function isCutText(text: string): boolean {
  return /… \[cut; \d+ characters, [^\]]*\]$/.test(text);
}
