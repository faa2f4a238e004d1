import type { Field } from '../field.ts';
import type { Provider } from '../provider.ts';

/**
 * A provider with the fields of all its connections, whose settings may add some. Where they differ, that of the first
 * connection counts; but a field is clearable if any connection lets it be emptied.
 */
export function withFieldsOf(provider: Provider, variants: readonly Provider[]): Provider {
  const [first, ...others] = variants;
  if (!first) return provider;
  if (others.every((other) => other === first)) return first;
  const fields = new Map<string, Field>();
  for (const [name, field] of variants.flatMap((variant) => Object.entries(variant.fields))) {
    const known = fields.get(name);
    fields.set(name, known && (known.clear || !field.clear) ? known : field);
  }
  return { ...first, fields: Object.fromEntries(fields) };
}

/** The name of a field that two connections of a provider classify differently; undefined if there is none. */
export function contradictingField(variants: readonly Provider[]): string | undefined {
  const known = new Map<string, Field>();
  for (const [name, field] of variants.flatMap((variant) => Object.entries(variant.fields))) {
    const other = known.get(name) ?? field;
    if (other.sensitivity !== field.sensitivity || other.effect !== field.effect) return name;
    known.set(name, other);
  }
  return undefined;
}
