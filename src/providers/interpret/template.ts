import type { Template } from '../calls.ts';
import type { ConnectionSettings } from '../provider.ts';

/**
 * Fills `{name}` with the value of that name, changed by `encode`. Undefined if a name has no value: a text with a hole
 * in it is never sent.
 */
export function fill(
  template: Template,
  values: ConnectionSettings,
  encode: (value: string, name: string) => string = String,
): string | undefined {
  let isComplete = true;
  const filled = template.replace(PLACEHOLDER, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value !== undefined && value !== null && value !== '') return encode(String(value), name);
    isComplete = false;
    return '';
  });
  return isComplete ? filled : undefined;
}

/** The names in a template. */
export function namesIn(template: Template): string[] {
  return [...template.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
}

const PLACEHOLDER = /\{(\w+)\}/g;
