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
  let text = '';
  partsOf(template).forEach((part, at) => {
    if (at % 2 === 0) text += part;
    else {
      const value = Object.hasOwn(values, part) ? values[part] : undefined;
      if (value === undefined || value === null || value === '') isComplete = false;
      else text += encode(String(value), part);
    }
  });
  return isComplete ? text : undefined;
}

/** Texts at even places, and the names between them. */
function partsOf(template: Template): readonly string[] {
  const known = parts.get(template) ?? template.split(PLACEHOLDER);
  parts.set(template, known);
  return known;
}

/** Of each template of a provider definition. */
const parts = new Map<Template, readonly string[]>();

/** The names in a template. */
export function namesIn(template: Template): string[] {
  return partsOf(template).filter((_, at) => at % 2 === 1);
}

const PLACEHOLDER = /\{(\w+)\}/;
