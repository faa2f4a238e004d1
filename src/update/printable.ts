/** A name that may be foreign text, fit to stand in a line of ours: plain ASCII, at most 60 characters. */
export function printable(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]/g, '?');
  return plain.length > 60 ? `${plain.slice(0, 57)}...` : plain;
}

/** What stood in a call where a name or an id was expected, to say so in a line of ours. */
export function asGiven(name: unknown): string {
  if (name === undefined) return '(not given)';
  if (typeof name !== 'string') return '(not a text)';
  return name === '' ? '(empty)' : printable(name);
}
