import { bounds } from '../../bounds.ts';

/** A name that may be foreign text, fit to stand in a line of ours: plain ASCII, at most 60 characters. */
export function printable(name: string): string {
  const plain = toAscii(name);
  return plain.length > 60 ? `${plain.slice(0, 57)}...` : plain;
}

/** Gives a name back that a caller sent. */
export type Echo = (name: string) => string;

/**
 * A caller's own name in a line of ours: whole, or not at all. A long one is no name, and may be a value that went to
 * the wrong place.
 */
export function echo(name: string): string {
  if (name.length > bounds.echoedNameCharacters) return `(a name of ${name.length} characters)`;
  return name === '' ? '(an empty name)' : toAscii(name);
}

/** As `echo`, but never a name that is or holds one of these texts: secrets of the same call. */
export function echoWithout(secrets: readonly string[]): Echo {
  const hidden = secrets.map((secret) => secret.trim().toLowerCase()).filter((secret) => secret.length >= 3);
  return (name) => {
    const plain = name.toLowerCase();
    return hidden.some((secret) => plain.includes(secret)) ? '(a name that repeats a secret)' : echo(name);
  };
}

/** What stood in a call where a name or an id was expected, to say so in a line of ours. */
export function asGiven(name: unknown): string {
  if (name === undefined || name === null) return '(not given)';
  if (typeof name !== 'string') return '(not a text)';
  return name === '' ? '(empty)' : printable(name);
}

function toAscii(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, '?');
}
