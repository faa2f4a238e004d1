/** The forms in which a text turns up where it was quoted, logged or dumped. Independent of the server's own list. */

export type Encode = readonly [name: string, encode: (text: string) => string];

const json = (text: string) => JSON.stringify(text).slice(1, -1);
const ascii = (text: string) =>
  text.replace(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
const entities = (text: string, entity: (code: number) => string) =>
  text.replace(/[&<>"'/é]/g, (char) => entity(char.charCodeAt(0)));
const html = (text: string, apostrophe: string, quote = '&quot;') =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', quote)
    .replaceAll("'", apostrophe);

/** How vendors' stacks write a text into an error message. */
export const ENCODINGS: readonly Encode[] = [
  ['plain', (text) => text],
  ['in capitals', (text) => text.toUpperCase()],
  ['URL-encoded (JavaScript)', encodeURIComponent],
  ['URL-encoded (RFC 3986)', (text) => encodeURIComponent(text).replace(/[!'()*]/g, hexByte)],
  ['URL-encoded (form)', (text) => new URLSearchParams({ v: text }).toString().slice(2)],
  ['URL-encoded (path)', (text) => encodeURI(text)],
  ['URL-encoded in lower case', (text) => encodeURIComponent(text).toLowerCase()],
  ['JSON', json],
  ['JSON in ASCII (Python)', (text) => ascii(json(text))],
  ['JSON with escaped slashes (PHP)', (text) => ascii(json(text).replaceAll('/', '\\/'))],
  [
    'JSON safe for HTML (Go)',
    (text) => json(text).replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`),
  ],
  ['JSON safe for HTML (.NET)', (text) => json(text).replace(/\\"|[<>&'+\u0080-\uffff]/g, dotnet)],
  ['JSON within JSON', (text) => json(json(text))],
  ['HTML (named)', (text) => html(text, '&apos;')],
  ['HTML (Python)', (text) => html(text, '&#x27;')],
  ['HTML (Go)', (text) => html(text, '&#39;', '&#34;')],
  ['HTML (PHP)', (text) => html(text, '&#039;')],
  ['HTML (decimal)', (text) => entities(text, (code) => `&#${code};`)],
  ['HTML (hexadecimal)', (text) => entities(text, (code) => `&#x${code.toString(16).toUpperCase()};`)],
  ...[0, 1, 2].map((shift): Encode => [`base64 at ${shift}`, (text) => base64(text, shift).toString('base64')]),
  ...[0, 1, 2].map((shift): Encode => [`base64url at ${shift}`, (text) => base64(text, shift).toString('base64url')]),
];

/** The first encoding in which a text is found in another one, in any case; undefined when in none. */
export function findEncoded(haystack: string, text: string): string | undefined {
  const forms = formsByText.get(text) ?? formsOf(text);
  formsByText.set(text, forms);
  if (latest.haystack !== haystack) latest = { haystack, lower: haystack.toLowerCase() };
  for (const [form, name] of forms) if (latest.lower.includes(form)) return name;
  return undefined;
}

/** A few marks are looked for in thousands of texts, and in long ones. */
const formsByText = new Map<string, Map<string, string>>();
let latest = { haystack: '', lower: '' };

/** The different forms of a text in lower case, each with the first encoding that has it. */
function formsOf(text: string): Map<string, string> {
  const forms = new Map<string, string>();
  for (const [name, encode] of ENCODINGS) {
    const form = encode(text);
    // Within longer base64 the first and the last group depend on the bytes beside them.
    const core = (name.startsWith('base64') ? form.slice(4, -4).replace(/=+$/, '') : form).toLowerCase();
    if (core.length > 3 && !forms.has(core)) forms.set(core, name);
  }
  return forms;
}

/** Every text in a JSON value, keys included. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [key, ...textsIn(member)]);
}

function base64(text: string, shift: number): Buffer {
  return Buffer.from(`${'user:'.slice(0, shift)}${text}${'!'.repeat(3)}`);
}

function hexByte(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** System.Text.Json's default encoder. */
function dotnet(match: string): string {
  const char = match === '\\"' ? '"' : match;
  return `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}
