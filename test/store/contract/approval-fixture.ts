import { afterEach, beforeEach, expect } from 'vitest';
import type { ApprovalRow, Approvals, NewApproval } from '../../../src/store/approvals.ts';
import { createProcessId } from '../../../src/store/process-id.ts';
import type { Store } from '../../../src/store/store.ts';
import type { Place } from '../../support/store/place.ts';
import { body, newApproval } from '../../support/store/samples.ts';

export const hour = 60 * 60_000;
export const day = 24 * hour;

export const yes = (approver: string) => ({ approver, yes: true });
export const no = (approver: string) => ({ approver, yes: false });
export const ids = (rows: ApprovalRow[]): string[] => rows.map(({ id }) => id);

/** A new store for each test of a `describe`, whose clock a test may move, and what the tests ask of it. */
export function createApprovalFixture(makePlace: () => Promise<Place>) {
  let place: Place;
  let store: Store;
  const fixture = {
    time: Date.now(),
    get store(): Store {
      return store;
    },
    get approvals(): Approvals {
      return store.approvals;
    },
    newApproval: (id: string, more: Partial<NewApproval> = {}): NewApproval =>
      newApproval(id, { expiresAt: fixture.time + day, ...more }),
    request: (id: string, more?: Partial<NewApproval>): Promise<ApprovalRow> =>
      store.approvals.request(fixture.newApproval(id, more), body()),
    async approve(id: string, more?: Partial<NewApproval>, secret?: Uint8Array): Promise<void> {
      await fixture.request(id, more);
      expect(await store.approvals.decide(id, yes('ann'), secret)).toMatchObject({ kind: 'decided' });
    },
    openAs: (processId: string): Promise<Store> => place.open(processId, { now: () => fixture.time }),
    state: async (id: string): Promise<string | undefined> => (await store.approvals.get(id))?.state,
  };
  beforeEach(async () => {
    place = await makePlace();
    fixture.time = Date.now();
    store = await place.open(createProcessId(), { now: () => fixture.time });
  });
  afterEach(() => place.remove());
  return fixture;
}
