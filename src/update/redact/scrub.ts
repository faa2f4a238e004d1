import { hideSpelledOut } from './spelled-out.ts';

/** Removes all known sensitive values from free text, also in the encodings in which a vendor may echo them. */
export type Scrub = (text: string) => string;

/** What stands in place of a value that was removed. */
export const GONE = '[redacted]';

export function createScrub(values: readonly string[]): Scrub {
  const known = [...new Set(values.map((value) => value.trim()))].filter((value) => value.length >= 3);
  const forms = [...new Set(known.flatMap(formsOf))].sort((a, b) => b.length - a.length);
  const hide = hideSpelledOut(known, GONE);
  return (text) => hide(forms.reduce((rest, form) => replaceAnyCase(rest, form), text));
}

function formsOf(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const ascii = json.replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const url = encodeURIComponent(value.toWellFormed());
  const strictUrl = url.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const html = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
  const apostrophes = ['&#39;', '&#x27;', '&apos;'].map((entity) => html.replaceAll("'", entity));
  const forms = [value, json, ascii, url, strictUrl, url.replaceAll('%20', '+'), html, ...apostrophes];
  return [...forms, ...base64Forms(value)].filter((form) => form.length >= 3);
}

/** Base64 of the value at any position in a longer encoded text: three alignments, without the shared edges. */
function base64Forms(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8');
  const aligned = [0, 1, 2].map((shift) => {
    const padded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const head = shift === 0 ? 0 : shift + 1;
    const tail = (shift + bytes.length) % 3 === 0 ? 0 : 1;
    return padded.slice(head, padded.length - tail);
  });
  return aligned
    .filter((form) => form.length >= 4)
    .flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}

function replaceAnyCase(text: string, form: string): string {
  const haystack = text.toLowerCase();
  const needle = form.toLowerCase();
  // Lower-casing changes the length of some texts; positions would then be wrong, so search the exact form.
  if (haystack.length !== text.length || needle.length !== form.length) return text.replaceAll(form, GONE);
  let result = '';
  let from = 0;
  for (let at = haystack.indexOf(needle); at >= 0; at = haystack.indexOf(needle, from)) {
    result += text.slice(from, at) + GONE;
    from = at + needle.length;
  }
  return from === 0 ? text : result + text.slice(from);
}
