/** A name that may be foreign text, fit to stand in a line of ours: plain ASCII, at most 60 characters. */
export function printable(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]/g, '?');
  return plain.length > 60 ? `${plain.slice(0, 57)}...` : plain;
}
