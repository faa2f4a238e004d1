import type { Path } from '../field.ts';
import { isWithin } from '../interpret/record-shape.ts';
import type { ProviderFile } from './format/file.ts';
import { parsePointer } from './pointer.ts';

/** A declared attribute, and where the vendor keeps it. */
export interface DeclaredPlace {
  kind: 'fields' | 'openFields' | 'readOnly';
  name: string;
  path: Path;
}

/** The places of all declared attributes. */
export function placesOf({
  fields = {},
  openFields = {},
  readOnly = {},
}: Partial<Pick<ProviderFile, DeclaredPlace['kind']>>): DeclaredPlace[] {
  const at = (name: string, pointer: string | undefined) => (pointer === undefined ? [name] : parsePointer(pointer));
  return [
    ...Object.entries(fields).map(
      ([name, { pointer }]): DeclaredPlace => ({ kind: 'fields', name, path: at(name, pointer) }),
    ),
    ...Object.entries(openFields).map(
      ([name, { pointer }]): DeclaredPlace => ({ kind: 'openFields', name, path: at(name, pointer) }),
    ),
    ...Object.entries(readOnly).map(([name, one]): DeclaredPlace => {
      return { kind: 'readOnly', name, path: at(name, typeof one === 'string' ? undefined : one.pointer) };
    }),
  ];
}

/** Where something in the vendor's record is once its declared attributes are at the top under their names. */
export function inUserRecord(places: readonly DeclaredPlace[], path: Path): Path {
  const [outer] = places
    .filter((place) => isWithin(path, place.path))
    .toSorted((one, other) => other.path.length - one.path.length);
  return outer ? [outer.name, ...path.slice(outer.path.length)] : path;
}

/** The object from which a place is reached by one more name. */
export function containerOf(path: Path): Path {
  return path.slice(0, -1);
}
