import { idOf } from '../../../src/sandbox/people.ts';
import type { GivenChange } from './batch.ts';
import type { Pipeline } from './pipeline.ts';

/** People beside those of the cast: as many as a test needs, each a copy of John. Returns their ids. */
export function addCrowd({ sandbox }: Pipeline, count: number): string[] {
  const { users } = sandbox.vendors.awork;
  const john = users.get(idOf('awork', 'john'));
  return Array.from({ length: count }, (_, nth) => {
    const id = `6e1f6f0a-52b1-4c3e-8f0d-${String(nth).padStart(12, '9')}`;
    users.set(id, { ...structuredClone(john), id });
    return id;
  });
}

/** The same change of each. */
export function positionOf(ids: readonly string[], position = 'Head of Sales'): GivenChange[] {
  return ids.map((user_id) => ({ at: 'awork', args: { user_id, set: { position } } }));
}
