/** Comparisons of a number of user records, `<=5`, as `people` in a rule has them. */

const HOLDS = {
  '<=': (count: number, bound: number) => count <= bound,
  '>=': (count: number, bound: number) => count >= bound,
  '<': (count: number, bound: number) => count < bound,
  '>': (count: number, bound: number) => count > bound,
  '=': (count: number, bound: number) => count === bound,
};

interface PeopleComparison {
  operator: keyof typeof HOLDS;
  bound: number;
}

/** An operator and a positive whole number, without blanks. */
export const PEOPLE_COMPARISON = new RegExp(`^(${Object.keys(HOLDS).join('|')})([1-9]\\d{0,8})$`);

/** Whether one of the comparisons holds. */
export function matchesPeople(comparisons: string | readonly string[], count: number): boolean {
  return parse(comparisons).some(({ operator, bound }) => HOLDS[operator](count, bound));
}

/** The count from which on every comparison gives the same: a larger one need not be known. */
export function decisiveCount(comparisons: string | readonly string[]): number {
  return Math.max(...parse(comparisons).map(({ bound }) => bound)) + 1;
}

/** A text that is no comparison matches nothing; the configuration refuses it. */
function parse(comparisons: string | readonly string[]): PeopleComparison[] {
  return [comparisons].flat().flatMap((text) => {
    const [, operator, bound] = PEOPLE_COMPARISON.exec(text) ?? [];
    return operator === undefined ? [] : [{ operator: operator as PeopleComparison['operator'], bound: Number(bound) }]; // one of the alternatives
  });
}
