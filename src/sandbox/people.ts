import { cast, type PersonFacts, type PersonKey } from './cast.ts';
import { allVendors, type VendorId } from './vendors/index.ts';

export type { PersonKey } from './cast.ts';

/** Everyone, with their path id at each vendor. */
export const people: readonly (PersonFacts & { ids: Record<VendorId, string> })[] = cast.map((person) => ({
  ...person,
  ids: Object.assign({}, ...allVendors.map(({ id, people: own }) => ({ [id]: own.ids[person.key] }))),
}));

/** The path id of a person at a vendor. */
export function idOf(vendor: VendorId, key: PersonKey): string {
  const person = people.find((each) => each.key === key);
  if (!person) throw new Error(`no such person: ${key}`);
  return person.ids[vendor];
}
