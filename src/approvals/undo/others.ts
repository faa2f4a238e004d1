import type { ApproverRow } from '../../store/approvals.ts';
import { namesOf } from '../eligibility.ts';
import { distinctPeople, mayBeSamePerson } from '../identity.ts';
import { mayDecide, type RightsNeeded } from '../rights.ts';

/** How many different people besides this approver could agree to what the approver asks for: those with the rights to it. */
export function countOthers(
  approvers: readonly ApproverRow[],
  name: string,
  { provider, effects }: RightsNeeded,
): number {
  const asker = namesOf(approvers.find((one) => one.name === name) ?? { name, principals: [] });
  const others = approvers.filter(
    (one) => mayDecide(one.may, provider, effects) && !mayBeSamePerson(namesOf(one), asker),
  );
  return distinctPeople(others, namesOf).length;
}
