import { namesIn } from '../interpret/template.ts';

/** Templates of provider files: text with `{name}` for a setting, or for what a call is about. */

/** Why a template names something that is not known where it stands; undefined if all is. */
export function namesFault(text: string, known: readonly string[]): string | undefined {
  const unknown = namesIn(text).find((name) => !known.includes(name));
  if (unknown === undefined) return undefined;
  const all = known.map((name) => `{${name}}`).join(', ');
  return `{${unknown}} is not known here; ${all === '' ? 'nothing can be named here' : `known: ${all}`}`;
}

/** Whether a text has braces that do not enclose a name, and so would be sent as they are. */
export function hasStrayBraces(text: string): boolean {
  return /[{}]/.test(text.replace(/\{\w+\}/g, ''));
}

/** Whether braces enclose something that is nearly a name: `{ user }`, `{}`. */
export function hasBrokenName(text: string): boolean {
  return /\{[\s\w-]{0,64}\}/.test(text.replace(/\{\w+\}/g, ''));
}
