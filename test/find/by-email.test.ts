import { expect, it } from 'vitest';
import { createFindByEmail } from '../../src/find/by-email.ts';
import type { VendorId } from '../../src/sandbox/index.ts';
import { idOf } from '../../src/sandbox/people.ts';
import { useFindPipeline } from '../support/pipeline/find.ts';

/** Look-ups of many addresses at one connection. */

const setup = useFindPipeline();

async function finderAt(id: VendorId) {
  const { app, sandbox } = setup.pipeline;
  const connection = app.settings.connections.find(({ name }) => name === id);
  if (!connection) throw new Error(`${id} is not connected`);
  return { find: createFindByEmail(connection, await app.findPorts()), vendor: sandbox.vendors[id] };
}

it.each(['atomicwork', 'dayzero', 'mediasilo'] as const)(
  'finds a person at %s with one read, whatever the case',
  async (id) => {
    const { find, vendor } = await finderAt(id);
    expect(await find('Jane.Doe@ACME.example')).toEqual({ kind: 'found', userId: idOf(id, 'jane') });
    expect(vendor.requests).toHaveLength(1);
    expect(await find('jane.doe@acme.exampl')).toEqual({ kind: 'unknown' });
  },
);

it('says why a vendor that searches user names does not find every address', async () => {
  const { find } = await finderAt('atlassian');
  expect(await find('jane.doe@acme.example')).toEqual({ kind: 'found', userId: idOf('atlassian', 'jane') });
  const found = await find('john.smith@acme.example');
  expect(found).toMatchObject({ kind: 'unknown', why: expect.stringContaining('userName') });
});

it('reads every page once for all look-ups where the vendor has no filter, and names who is ambiguous', async () => {
  const { find, vendor } = await finderAt('awork');
  const jane = vendor.users.get(idOf('awork', 'jane')) ?? {};
  for (let at = 0; at < 450; at++) {
    const id = `bbbbbbbb-0000-4000-8000-${String(at).padStart(12, '0')}`;
    const contact = { type: 'email', value: `person${at % 449}@acme.example` };
    vendor.users.set(id, { ...structuredClone(jane), id, userContactInfos: [contact] });
  }
  const emails = Array.from({ length: 449 }, (_, at) => `person${at}@acme.example`);
  const found = await Promise.all([...emails, 'gone@acme.example'].map(find));
  expect(found.map(({ kind }) => kind)).toEqual(['ambiguous', ...emails.slice(1).map(() => 'found'), 'unknown']);
  expect(found[0]).toMatchObject({ userIds: [expect.any(String), expect.any(String)] });
  expect(vendor.requests).toHaveLength(3);
});

it('says so if the vendor cannot be asked, and asks again with the next look-up', async () => {
  const { find, vendor } = await finderAt('awork');
  vendor.faults.push({ kind: 'status', status: 403 });
  await expect(find('jane.doe@acme.example')).rejects.toMatchObject({ code: 'forbidden' });
  expect(await find('jane.doe@acme.example')).toMatchObject({ kind: 'found' });
});
