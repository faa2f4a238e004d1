import type { JsonObject } from '../../../lib/json/json-value.ts';

/** What one line of a file asks for, before it is held against the fields of the provider. */
export interface FileLine {
  /** The physical line where it starts, from 1 on. */
  line: number;
  /** Who is meant: by the vendor's id, or by an e-mail address. */
  id?: string;
  email?: string;
  set: JsonObject;
  clear: readonly string[];
  /** What is wrong with this line alone. It repeats no value. */
  faults: readonly string[];
}

/** Who is meant, if the line says it once. Its faults else. */
export function readPerson(
  { id, email }: { id: string | undefined; email: string | undefined },
  names: { id: string | undefined; email: string | undefined },
): Pick<FileLine, 'id' | 'email' | 'faults'> {
  const given = [id, email].filter((text) => text !== undefined && text !== '').length;
  const expected = [names.id, names.email].filter((name) => name !== undefined).join(' or ');
  if (given === 0) return { faults: [`says nobody: ${expected} is empty`] };
  const faults = given > 1 ? [`says twice who is meant; leave one of ${expected} empty`] : [];
  return { ...(id && { id }), ...(email && { email }), faults };
}
