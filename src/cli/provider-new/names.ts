/** Names that a provider file gives to what a description names in its own way. */

/** The words of a name in any style: `X-Workspace-Id`, `workspace_id`, `workspaceId`. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
}

/** A name for a setting: `workspaceId`. */
export function toSettingName(name: string): string {
  const words = wordsOf(name.replace(/^x-(?=.)/i, ''));
  const [first = 'value', ...others] = words.length > 0 && /^[a-z]/.test(words[0] ?? '') ? words : ['value', ...words];
  return first + others.map((word) => word[0]?.toUpperCase() + word.slice(1)).join('');
}

/** A name for a field, as the vendor writes it as far as it can be an argument of a tool. */
export function toFieldName(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9_-]+/g, '_').replace(/^[^A-Za-z]+|[_-]+$/g, '');
  return plain === '' ? 'field' : plain.slice(0, MAX_FIELD_NAME);
}

const MAX_FIELD_NAME = 40;

/** An id for a provider that none of the known ones has. */
export function toProviderId(text: string, known: readonly string[]): string {
  const words = wordsOf(text)
    .slice(0, 2)
    .join('_')
    .replace(/^[^a-z]+/, '');
  const id = words.length >= 2 ? words.slice(0, MAX_ID).replace(/_$/, '') : 'my_api';
  return known.includes(id) ? `my_${id}`.slice(0, MAX_ID) : id;
}

const MAX_ID = 24;

/** A foreign text for one line of the file: without what has no width, and at most this long. */
export function toLine(text: string, most: number): string {
  const line = text
    .replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > most ? `${line.slice(0, most - 1).trimEnd()}…` : line;
}
