import { lookalikeForms } from '../lib/text/lookalike.ts';

/** Every name an approver or a caller is known by. */
export type IdentityNames = readonly string[];

/** Whether two sets of names may belong to one person: a name of one looks like a name of the other. */
export function mayBeSamePerson(one: IdentityNames, other: IdentityNames): boolean {
  const forms = formsOf(other);
  return [...formsOf(one)].some((form) => forms.has(form));
}

/**
 * Every name a caller is known by. An OAuth principal is `ISSUER#SUB`; the subject counts by itself too, because an
 * approver of that name may be the same person. An approver who asks is that approver.
 */
export function namesOfCaller(principal: string, identities: readonly string[] = []): string[] {
  const [, subject] = /^https?:\/\/[^#]*#(.+)$/.exec(principal) ?? [];
  const own = [subject, approverOf(principal)].filter((name) => name !== undefined);
  return [...new Set([principal, ...own, ...identities])];
}

/**
 * Begins the principal of an approver who asks for a change in their own name. No other caller can have it: the name of a
 * token has no colon, and the principal of an OAuth caller begins with an http URL.
 */
const APPROVER = 'approver:';

/** The principal of an approver who asks for a change in their own name. */
export function approverPrincipal(name: string): string {
  return APPROVER + name;
}

/** The approver of such a principal; undefined for any other caller. */
export function approverOf(principal: string): string | undefined {
  return principal.startsWith(APPROVER) ? principal.slice(APPROVER.length) : undefined;
}

/** Drops every entry that may be the same person as an earlier one, directly or through a third. */
export function distinctPeople<T>(people: readonly T[], namesOf: (one: T) => IdentityNames): T[] {
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

function formsOf(names: IdentityNames): Set<string> {
  return new Set(names.flatMap((name) => [...lookalikeForms(name)]));
}
