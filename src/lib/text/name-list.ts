/** Names in one text. One with a comma or a quotation mark is quoted as in JSON, so that no name reads as several. */
export function joinNames(names: readonly string[]): string {
  return names.map((name) => (/[",]/.test(name) ? JSON.stringify(name) : name)).join(', ');
}

/** The names that `joinNames` joined; a text that it did not make is split at its commas. */
export function splitNames(text: string): string[] {
  const names: string[] = [];
  const next = /("(?:[^"\\]|\\.)*"|[^",]*)(?:, |$)/y;
  while (next.lastIndex < text.length) {
    const [, name] = next.exec(text) ?? [];
    const whole = name?.startsWith('"') ? unquote(name) : name;
    if (whole === undefined) return text.split(', ');
    names.push(whole);
  }
  return names;
}

function unquote(quoted: string): string | undefined {
  try {
    return JSON.parse(quoted) as string; // of text in quotation marks
  } catch {
    return undefined;
  }
}

/** Ids in one text, as rows and entries about several providers or connections have them. None has a comma. */
export function joinIds(ids: readonly string[]): string {
  return [...new Set(ids)].sort().join(',');
}

/** The ids that `joinIds` joined; of one, that one. */
export function splitIds(text: string): string[] {
  return text.split(',');
}
