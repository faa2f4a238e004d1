import type { AppError } from '../../errors.ts';
import { parsePath } from '../../lib/json/field-path.ts';
import { isObject, type Json } from '../../lib/json/json-value.ts';
import type { Provider } from '../../providers/provider.ts';
import { excerpt } from '../redact/excerpt.ts';
import type { ChangeRequest } from '../types.ts';

const MOST_FAULTS = 5;

/**
 * The faults that a vendor reports: each fault's sentence beside its own field, scrubbed and marked as quoted. Only
 * names that we or the caller know are shown, since the vendor's name of a field is foreign text and may be the value.
 * If a value is taken by another user, nothing is quoted: such sentences say by whom.
 */
export function vendorMessage(
  provider: Provider,
  request: ChangeRequest,
  { code, facts }: Pick<AppError, 'code' | 'facts'>,
  sensitive: readonly string[],
): string[] {
  const faults = (facts.faults ?? []).slice(0, MOST_FAULTS).map(({ path, quote }) => ({
    field: path && knownName(provider, request, path),
    quote: quote === undefined || code === 'uniqueness_conflict' ? undefined : excerpt(quote, sensitive),
  }));
  const named = [...new Set(faults.flatMap(({ field }) => field ?? []))];
  const several = faults.filter(({ quote }) => quote !== undefined).length > 1;
  const quotes = faults.flatMap(({ field, quote }) => {
    if (quote === undefined) return [];
    const subject = several && field !== undefined ? ` of ${field}` : '';
    return [`${provider.title} said${subject} (quoted): “${quote}”`];
  });
  return [...(named.length > 0 ? [`Fields named by the vendor: ${named.join(', ')}.`] : []), ...new Set(quotes)];
}

/** A field of ours, and what follows it as far as the request itself names it. */
function knownName(provider: Provider, request: ChangeRequest, path: readonly string[]): string | undefined {
  const [first = '', ...inner] = path;
  // Some stacks write the names of their own classes: `FirstName`.
  const field = Object.keys(provider.fields).find((name) => name.toLowerCase() === first.toLowerCase());
  const definition = field === undefined ? undefined : provider.fields[field];
  if (field === undefined || !definition) return undefined;
  const known = [field];
  const declared = [...(definition.merge?.keys ?? []), ...Object.keys(definition.parts ?? {})];
  const cleared = request.clear.map((text) => parsePath(text) ?? []);
  let value: Json | undefined = request.set.get(field);
  for (const key of inner) {
    const isHeld = (isObject(value) || Array.isArray(value)) && Object.hasOwn(value, key);
    const isCleared = cleared.some((names) => [...known, key].every((name, at) => names[at] === name));
    if (!isHeld && !isCleared && !declared.includes(key)) break;
    value = isHeld ? (value as Record<string, Json>)[key] : undefined; // an own key, just seen
    known.push(key);
  }
  return known.every((name) => /^[\w-]{1,64}$/.test(name)) ? known.join('.') : field;
}
