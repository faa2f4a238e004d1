import type { ApproverRow } from '../../store/approvals.ts';
import { namesOf } from '../eligibility.ts';
import { distinctPeople, mayBeSamePerson } from '../identity.ts';

/** How many different people besides this approver could agree to what the approver asks for. */
export function countOthers(approvers: readonly ApproverRow[], name: string): number {
  const asker = namesOf(approvers.find((one) => one.name === name) ?? { name, principals: [] });
  const others = approvers.filter((one) => !mayBeSamePerson(namesOf(one), asker));
  return distinctPeople(others, namesOf).length;
}
