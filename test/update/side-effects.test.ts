import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deskOf } from '../../src/approvals/desk.ts';
import type { JsonObject } from '../../src/json-value.ts';
import { idOf } from '../../src/sandbox/people/people.ts';
import { sideEffects } from '../../src/update/side-effects.ts';
import { openRoad, putsAt, type Road } from '../road.ts';
import { planFor, providerOf } from './requests.ts';

/** A default the vendor may write for what nothing can be sent for: said before anybody says yes. */

const WARNING =
  'timezone is empty or not shown, so it cannot be sent along as it is; Atomicwork may set it to its default, "America/Los_Angeles"';

let road: Road;
beforeAll(async () => {
  road = await openRoad({ config: { policy: { rules: [{ field: '*.level', decision: 'approve' }] } } });
  await (await road.parts.store()).approvals.addApprover('ann', 'not signed in with here');
});
beforeEach(() => {
  road.sandbox.vendors.atomicwork.reset();
  Object.assign(road.sandbox.vendors.atomicwork.users.get(john) ?? {}, { timezone: null });
});
afterAll(() => road.stop());

const john = idOf('atomicwork', 'john');
const title = { user_id: john, set: { title: 'Boss' } };

describe('somebody without a time zone', () => {
  it('is asked about with a warning', async () => {
    const asked = await road.converse('atomicwork', title);
    expect(asked).toMatchObject({
      kind: 'ask',
      question: { message: expect.stringContaining(`\n  Warning: ${WARNING}\n`) },
    });
  });

  it('is previewed with a warning', async () => {
    expect((await road.call('atomicwork', { ...title, dry_run: true })).message).toContain(`Warning: ${WARNING}.`);
  });

  it('is put up for approval with a warning', async () => {
    const { approval } = await road.call('atomicwork', { user_id: john, set: { level: 'L9' } });
    const waiting = await (await deskOf(road.parts)).open(approval?.id ?? '');
    expect(waiting).toMatchObject({ view: { warnings: [WARNING] } });
    expect(putsAt(road.sandbox, 'atomicwork')).toHaveLength(0);
  });

  it('is not warned about when the time zone is what changes', async () => {
    const zone = await road.call('atomicwork', { user_id: john, set: { timezone: 'Europe/Paris' }, dry_run: true });
    expect(zone.message).not.toContain('Warning');
  });
});

it('nothing is warned of where everything can be sent along', () => {
  const record = { timezone: 'Europe/Berlin', has_reporters: false, title: 'A' };
  const warningsOf = (before: JsonObject, set: Record<string, string>) =>
    sideEffects(providerOf('atomicwork'), planFor('atomicwork', before, { set }));
  expect(warningsOf(record, { title: 'B' })).toEqual([]);
  expect(warningsOf({}, { title: 'B' })).toHaveLength(2);
  expect(warningsOf({ title: 'B' }, { title: 'B' })).toEqual([]);
});
