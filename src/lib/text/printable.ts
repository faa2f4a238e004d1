/** A name that may be foreign text, made safe for a line of our own: plain ASCII, at most 60 characters. */
export function printable(name: string): string {
  const plain = toAscii(name);
  return plain.length > 60 ? `${plain.slice(0, 57)}...` : plain;
}

/** Repeats a name that a caller sent. */
export type Echo = (name: string) => string;

/** Maximum length of a caller's name that is repeated. A longer one may be a value in the wrong place. */
export const ECHOED_NAME_CHARACTERS = 64;

/** A name that a caller sent, for a line of our own: unshortened, or replaced by a description. */
export function echo(name: string): string {
  if (name.length > ECHOED_NAME_CHARACTERS) return `(a name of ${name.length} characters)`;
  return name === '' ? '(an empty name)' : toAscii(name);
}

/** Like `echo`, but never repeats a name that contains one of these texts: secrets of the same call. */
export function echoWithout(secrets: readonly string[]): Echo {
  const hidden = secrets.map((secret) => secret.trim().toLowerCase()).filter((secret) => secret.length >= 3);
  return (name) => {
    const plain = name.toLowerCase();
    return hidden.some((secret) => plain.includes(secret)) ? '(a name that repeats a secret)' : echo(name);
  };
}

/** Describes what a call contained in place of a name or an id, for a line of our own. */
export function asGiven(name: unknown): string {
  if (name === undefined || name === null) return '(not given)';
  if (typeof name !== 'string') return '(not a text)';
  return name === '' ? '(empty)' : printable(name);
}

function toAscii(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, '?');
}
