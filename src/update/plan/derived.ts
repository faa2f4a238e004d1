import { type JsonObject } from '../../lib/json/json-value.ts';
import type { Path } from '../../providers/field.ts';
import { withoutValueAt } from '../../providers/interpret/record-shape.ts';
import type { Provider } from '../../providers/provider.ts';
import type { FieldChange } from './types.ts';

/**
 * The user record without what the vendor derives from the changed fields: it is neither expected nor collateral. A
 * derived attribute that is declared itself is at the top under its name.
 */
export function withoutDerived(
  provider: Provider,
  record: JsonObject,
  changes: readonly Pick<FieldChange, 'definition'>[],
): JsonObject {
  const derived = changes.flatMap(({ definition }) => definition.derives ?? []);
  return derived.reduce((rest, path) => withoutValueAt(rest, declaredPlace(provider, path)), record);
}

function declaredPlace({ fields, readOnlyAt = {} }: Provider, path: Path): Path {
  const isAt = (place: Path | undefined) => place?.join('\0') === path.join('\0');
  const named = [
    ...Object.entries(fields).map(([name, { at }]) => [name, at] as const),
    ...Object.entries(readOnlyAt),
  ].find(([, place]) => isAt(place));
  return named ? [named[0]] : path;
}
