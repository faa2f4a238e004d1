import { lookalikeForms } from '../lib/text/lookalike.ts';

/** An approver, or a caller: everything it is known as. */
export type Names = readonly string[];

/** Whether two sets of names may be one person: a name of one looks like a name of the other. */
export function mayBeSamePerson(one: Names, other: Names): boolean {
  const forms = formsOf(other);
  return [...formsOf(one)].some((form) => forms.has(form));
}

/**
 * Everything a caller is known as. An OAuth principal is `ISSUER#SUB`; the subject counts by itself too, since an
 * approver of that name may well be the same person.
 */
export function namesOfCaller(principal: string, identities: readonly string[] = []): string[] {
  const [, subject] = /^https?:\/\/[^#]*#(.+)$/.exec(principal) ?? [];
  return [...new Set([principal, ...(subject === undefined ? [] : [subject]), ...identities])];
}

/** Those of a list that are different people: of several that may be one, the first. */
export function distinctPeople<T>(people: readonly T[], namesOf: (one: T) => Names): T[] {
  const groups: { first: T; forms: Set<string> }[] = [];
  for (const person of people) {
    const forms = formsOf(namesOf(person));
    const same = groups.filter((group) => [...forms].some((form) => group.forms.has(form)));
    const [kept, ...merged] = same;
    if (!kept) {
      groups.push({ first: person, forms });
      continue;
    }
    for (const group of merged) groups.splice(groups.indexOf(group), 1);
    kept.forms = new Set([kept.forms, forms, ...merged.map((group) => group.forms)].flatMap((set) => [...set]));
  }
  return groups.map(({ first }) => first);
}

function formsOf(names: Names): Set<string> {
  return new Set(names.flatMap((name) => [...lookalikeForms(name)]));
}
