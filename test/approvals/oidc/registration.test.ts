import { expect, it } from 'vitest';
import { acceptPerson } from '../../../src/approvals/oidc/accept.ts';
import { currentApprovers } from '../../../src/approvals/oidc/current.ts';
import { createMemoryStore } from '../../../src/store/memory/store.ts';
import { createProcessId } from '../../../src/store/process-id.ts';
import { settingsFrom } from '../../support/pipeline/pipeline.ts';

const given = { issuer: 'https://id.example.com', clientId: 'us', clientSecret: 's', allow: { groups: ['hr'] } };
const settingsOf = (more: object = {}) => {
  const { oidc } = settingsFrom({ approvals: { oidc: { ...given, ...more } } }).approvals;
  if (!oidc) throw new Error('no settings');
  return oidc;
};
const claimsOf = (sub: string, email: string) => ({
  iss: given.issuer,
  sub,
  email,
  email_verified: true,
  groups: ['hr', 'it'],
});

it('approvers count under the settings that let them in, and no others', async () => {
  const { approvals } = createMemoryStore(createProcessId());
  await approvals.addApprover('ben', 'scrypt$…');
  await acceptPerson(approvals, settingsOf(), claimsOf('1', 'ann@acme.example'), 0);
  const counted = async (settings: ReturnType<typeof settingsOf> | undefined) =>
    currentApprovers(await approvals.approvers(), settings).map(({ name }) => name);
  const both = ['ann@acme.example', 'ben'];
  expect(await counted(settingsOf())).toEqual(both);
  expect(await counted(settingsOf({ clientSecret: 'renewed', scopes: ['openid'] }))).toEqual(both);
  for (const more of [
    { allow: { groups: ['hr', 'it'] } },
    { may: ['*:ordinary'] },
    { clientId: 'another' },
    { issuer: 'https://id2.example.com' },
    { name: 'nick' },
    { principals: ['sub'] },
  ]) {
    expect(await counted(settingsOf(more))).toEqual(['ben']);
  }
  expect(await counted(undefined)).toEqual(['ben']);
});

it('a person signs in again under other settings, and another one never takes the place of a person', async () => {
  const { approvals } = createMemoryStore(createProcessId());
  const names = async () => (await approvals.approvers()).map(({ name, may }) => [name, ...may]);
  const accepted = async (settings: ReturnType<typeof settingsOf>, sub: string, email: string) =>
    (await acceptPerson(approvals, settings, claimsOf(sub, email), 0)).kind;
  expect(await accepted(settingsOf(), '1', 'ann@acme.example')).toBe('ok');
  expect(await accepted(settingsOf(), '2', 'Ann@acme.example')).toBe('name-taken');
  expect(await accepted(settingsOf(), '2', 'ben@acme.example')).toBe('ok');
  expect(await accepted(settingsOf(), '2', 'ANN@acme.example')).toBe('name-taken');
  expect(await names()).toEqual([['ann@acme.example', '*:*']]);
  const other = settingsOf({ may: ['*:ordinary'] });
  expect(await accepted(other, '9', 'ann@acme.example')).toBe('ok');
  expect(await names()).toEqual([['ann@acme.example', '*:ordinary']]);
});
