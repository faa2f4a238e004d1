/**
 * How an entry gets at the client's environment. `names`: a list of names. `none`: nothing is resolved, so secrets have
 * to be in files.
 */
export type References = InlineReferences | { kind: 'names' } | { kind: 'none' };

/**
 * References in the texts of an entry. `unset` is what an unset variable without a default becomes, `pasted` that values
 * are put into the file before it is read.
 */
export interface InlineReferences {
  kind: 'inline';
  required(name: string): string;
  optional(name: string): string;
  unset: 'empty' | 'kept' | 'unknown';
  pasted?: true;
}

/** `${NAME}`, and `${NAME:-}` for a variable that may be missing. */
export function shellReferences(unset: InlineReferences['unset']): InlineReferences {
  return { kind: 'inline', required: (name) => `\${${name}}`, optional: (name) => `\${${name}:-}`, unset };
}

/** `${env:NAME}`, as Visual Studio Code and the editors made from it write it. */
export function editorReferences(unset: InlineReferences['unset']): InlineReferences {
  const reference = (name: string) => `\${env:${name}}`;
  return { kind: 'inline', required: reference, optional: reference, unset };
}
