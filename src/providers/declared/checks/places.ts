import { isWithin } from '../../interpret/record-shape.ts';
import type { FileDraft } from '../draft.ts';
import type { ReportFault } from '../faults.ts';
import { type DeclaredPlace, placesOf } from '../places.ts';
import { formatPointer } from '../pointer.ts';

/** No attribute has two names, and none is a part of another, except of an open set: one could be set through the other. */
export function checkPlaces({ file }: FileDraft, report: ReportFault): void {
  const places = placesOf(file);
  const names = new Map<string, DeclaredPlace>();
  for (const place of places) {
    const other = names.get(place.name);
    if (other) report([place.kind, place.name], `is also declared in ${other.kind}; a name is declared once`);
    else names.set(place.name, place);
  }
  for (const [index, place] of places.entries()) {
    const outer = places.find(
      (other, at) =>
        at !== index &&
        other.name !== place.name &&
        isWithin(place.path, other.path) &&
        !isOpenAround(other, place, at < index),
    );
    if (!outer) continue;
    const isSame = outer.path.length === place.path.length;
    const where = `${isSame ? 'is at the place of' : 'is inside'} ${outer.kind}/${outer.name} (${formatPointer(outer.path)})`;
    report([place.kind, place.name], `${where}; one could be changed through the other`);
  }
}

/** Each pair at one place is reported once, for the later one. */
function isOpenAround(outer: DeclaredPlace, { path }: DeclaredPlace, isEarlier: boolean): boolean {
  if (outer.path.length === path.length) return !isEarlier;
  return outer.kind === 'openFields';
}
