import { expect, it } from 'vitest';
import type { JsonObject } from '../../../src/lib/json/json-value.ts';
import { providers } from '../../../src/providers/index.ts';
import type { BuiltInVendorId } from '../../../src/sandbox/index.ts';
import { headlineParts, riskyFirst } from '../../../src/update/confirm/headline.ts';
import { createPlan } from '../../../src/update/plan/plan.ts';
import { viewPlan } from '../../../src/update/redact/view.ts';

/** The first line of a request says what becomes of the person, by the direction of the change. */

const PEOPLE: Record<BuiltInVendorId, JsonObject> = {
  atomicwork: { id: 5, first_name: 'Jane', last_name: 'Doe', timezone: 'UTC', has_reporters: true },
  awork: { id: 'a', firstName: 'Jane', lastName: 'Doe' },
  atlassian: {
    id: 'a',
    displayName: 'Jane Doe',
    userName: 'jane',
    active: true,
    emails: [{ value: 'j@a.example', primary: true }],
  },
  dayzero: { id: 'a', first_name: 'Jane', last_name: 'Doe' },
  mediasilo: { id: 'a', firstName: 'Jane', lastName: 'Doe' },
  scim: { id: 'a', displayName: 'Jane Doe', userName: 'jane', active: true },
};

function headlineOf(vendor: BuiltInVendorId, before: JsonObject, set: JsonObject, askFor: string[] = []): string {
  const provider = providers.find(({ id }) => id === vendor);
  if (!provider) throw new Error(vendor);
  const record = { ...PEOPLE[vendor], ...before };
  const request = { tool: 't', userId: 'a', set: new Map(Object.entries(set)), clear: [], askFor, dryRun: false };
  const plan = createPlan(provider, request, { record }, new Set());
  const connection = { name: vendor, provider, settings: {} };
  const view = viewPlan({ connection, request: {} }, plan, 'person', { relaxed: [] });
  return headlineParts(view, provider.title).join('Jane Doe');
}

it.each<[BuiltInVendorId, JsonObject, JsonObject, string]>([
  ['atomicwork', { is_deleted: false }, { is_deleted: true }, 'Deletes Jane Doe at Atomicwork'],
  ['atomicwork', { is_deleted: true }, { is_deleted: false }, 'Restores the deleted account of Jane Doe at Atomicwork'],
  ['atomicwork', {}, { terminated_on: '2031-01-31' }, 'Changes whether Jane Doe has access at Atomicwork'],
  ['atomicwork', { manager: 1 }, { manager: 2 }, 'Changes the access or rights of Jane Doe at Atomicwork'],
  ['atomicwork', { org_roles: [1] }, { org_roles: [1, 2] }, 'Gives Jane Doe access or rights at Atomicwork'],
  ['atomicwork', { org_roles: [1, 2] }, { org_roles: [1] }, 'Takes access or rights away from Jane Doe at Atomicwork'],
  ['atomicwork', { org_roles: [1] }, { org_roles: [2] }, 'Changes the access or rights of Jane Doe at Atomicwork'],
  ['atlassian', {}, { active: false }, 'Takes Jane Doe’s access away at Atlassian'],
  ['atlassian', { active: false }, { active: true }, 'Gives Jane Doe’s access back at Atlassian'],
  ['atlassian', {}, { userName: 'jd' }, 'Changes what Jane Doe signs in with at Atlassian'],
  ['dayzero', { onboarded: true }, { onboarded: false }, 'Takes Jane Doe’s access away at DayZero'],
  ['mediasilo', { status: 'ACTIVE' }, { status: 'DELETED' }, 'Deletes Jane Doe at MediaSilo'],
  ['mediasilo', { status: 'DELETED' }, { status: 'ACTIVE' }, 'Restores the deleted account of Jane Doe at MediaSilo'],
  ['mediasilo', { status: 'LOCKED' }, { status: 'ACTIVE' }, 'Gives Jane Doe’s access back at MediaSilo'],
  ['mediasilo', { status: 'ACTIVE' }, { status: 'LOCKED' }, 'Takes Jane Doe’s access away at MediaSilo'],
  ['awork', { position: 'A' }, { position: 'B' }, 'Changes position of Jane Doe at awork'],
  ['atlassian', {}, { title: 'B', nickName: 'J' }, 'Changes 2 fields of Jane Doe at Atlassian'],
  [
    'atlassian',
    {},
    { title: 'B', nickName: 'J', active: false },
    'Takes Jane Doe’s access away at Atlassian, and makes 2 other changes',
  ],
  [
    'atomicwork',
    { is_deleted: false, org_roles: [1] },
    { org_roles: [2], is_deleted: true },
    'Deletes Jane Doe at Atomicwork, and makes 2 other changes',
  ],
])('%s: %j to %j', (vendor, before, set, headline) => {
  expect(headlineOf(vendor, before, set)).toBe(headline);
});

it('a secret that is asked for', () => {
  expect(headlineOf('mediasilo', {}, {}, ['password'])).toBe('Sets a new password for Jane Doe at MediaSilo');
});

it('risks come first, the weightiest before the others, and the rest keeps its order', () => {
  const effects = ['ordinary', 'identity', 'secret', 'access', 'lifecycle', 'ordinary'] as const;
  const changes = effects.map((effect, at) => ({ effect, at }));
  expect(riskyFirst(changes).map(({ at }) => at)).toEqual([4, 3, 1, 2, 0, 5]);
});
