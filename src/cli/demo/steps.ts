import type { Sandbox, VendorId } from '../../sandbox/index.ts';
import type { Person } from './agent.ts';
import type { Stage } from './output.ts';

type Result = Record<string, unknown>;

export interface Scene {
  stage: Stage;
  sandbox: Sandbox;
  call(tool: string, input: Record<string, unknown>, answer?: Person): Promise<Result>;
  /** The same through a client that cannot show questions. */
  callMute(tool: string, input: Record<string, unknown>): Promise<Result>;
  storeBytes(): Buffer;
}

interface Found {
  provider: VendorId;
  user_id: string;
  label: string;
  email: string;
}

/** The demo's plot. The record at the vendor, not the answer of the server, is what expectations are held against. */
export async function acts(scene: Scene): Promise<void> {
  const jane = await findJane(scene);
  await updateEverywhere(scene, jane);
  await refuse(scene, jane);
  await confirmByTyping(scene, jane);
  await withoutAPerson(scene, jane);
  await collateralAndUndo(scene, jane);
  await review(scene);
}

type Ids = Record<VendorId, string>;

async function findJane({ stage, call }: Scene): Promise<Ids> {
  stage.act('Find a person at every vendor at once');
  const { users, not_searched } = (await call('find_user', { query: 'jane.doe@acme.example' })) as unknown as {
    users: Found[];
    not_searched: unknown[];
  };
  for (const user of users)
    stage.say(`${user.provider.padEnd(11)} ${user.user_id.padEnd(37)} ${user.label} ${user.email}`);
  stage.expect(users.length === 5, 'one Jane Doe at each of the five vendors');
  stage.expect(
    users.every(({ email }) => email.startsWith('j•••@')) && not_searched.length === 0,
    'her address comes back masked',
  );
  return Object.fromEntries(users.map((user) => [user.provider, user.user_id])) as Ids;
}

/** One harmless change at each vendor, and the trap that the vendor's call holds ready. */
const TRAPS: {
  vendor: VendorId;
  set: Result;
  shows: Result;
  trap: string;
  avoided(before: Result, after: Result): boolean;
}[] = [
  {
    vendor: 'atomicwork',
    set: { title: 'Staff Engineer' },
    shows: { title: 'Staff Engineer' },
    trap: 'she was not moved to Los Angeles by the vendor’s schema default',
    avoided: (before, after) => after['timezone'] === before['timezone'],
  },
  {
    vendor: 'awork',
    set: { position: 'Staff Engineer' },
    shows: { position: 'Staff Engineer' },
    trap: 'the six fields that were not named survived a PUT that empties what it does not get',
    avoided: (before, after) =>
      ['firstName', 'lastName', 'birthDate', 'gender', 'title', 'language'].every((key) => after[key] === before[key]),
  },
  {
    vendor: 'atlassian',
    set: { title: 'Staff Engineer' },
    shows: { title: 'Staff Engineer' },
    trap: 'phone numbers, groups and extensions survived a PUT that cleans what it does not get',
    avoided: (before, after) =>
      Object.keys(before).every((key) => ['title', 'meta'].includes(key) || text(before[key]) === text(after[key])),
  },
  {
    vendor: 'dayzero',
    set: { props: { theme: 'light' } },
    shows: {},
    trap: 'her other props survived',
    avoided: (before, after) => text(after['props']) === text({ ...(before['props'] as object), theme: 'light' }),
  },
  {
    vendor: 'mediasilo',
    set: { address: { city: 'Lisbon' } },
    shows: {},
    trap: 'the rest of her address survived',
    avoided: (before, after) => text(after['address']) === text({ ...(before['address'] as object), city: 'Lisbon' }),
  },
];

async function updateEverywhere({ stage, sandbox, call }: Scene, jane: Ids): Promise<void> {
  stage.act('Update her at all five, each time with a person’s yes');
  for (const { vendor, set, shows, trap, avoided } of TRAPS) {
    const record = () => structuredClone(sandbox.vendors[vendor].users.get(jane[vendor])) as Result;
    const before = record();
    const result = await call(`${vendor}_update_user`, { user_id: jane[vendor], set });
    stage.result(result);
    const after = record();
    const written = Object.entries(shows).every(([key, value]) => after[key] === value);
    stage.expect(result['outcome'] === 'updated' && written, `written at ${vendor}, and seen when read back`);
    stage.expect(avoided(before, after), trap);
  }
}

async function refuse({ stage, sandbox, call }: Scene, jane: Ids): Promise<void> {
  stage.act('A person says no');
  const before = writes(sandbox, 'awork');
  const result = await call('awork_update_user', { user_id: jane.awork, set: { lastName: 'Smith' } }, () => 'no');
  stage.result(result);
  stage.expect(result['outcome'] === 'refused' && writes(sandbox, 'awork') === before, 'nothing was sent');
}

async function confirmByTyping({ stage, sandbox, call }: Scene, jane: Ids): Promise<void> {
  stage.act('Locking an account wants the name typed');
  const status = () => sandbox.vendors.mediasilo.users.get(jane.mediasilo)?.['status'];
  const input = { user_id: jane.mediasilo, set: { status: 'LOCKED' }, reason: 'leaves on Friday' };
  const wrong = await call('mediasilo_update_user', input, () => ({ typed: 'John Doe' }));
  stage.result(wrong);
  stage.expect(wrong['outcome'] === 'refused' && status() === 'ACTIVE', 'a wrong name is no yes');
  const right = await call('mediasilo_update_user', input);
  stage.result(right);
  stage.expect(right['outcome'] === 'updated' && status() === 'LOCKED', 'the right one is');
}

async function withoutAPerson({ stage, sandbox, callMute }: Scene, jane: Ids): Promise<void> {
  stage.act('A client that cannot ask anybody');
  const before = writes(sandbox, 'dayzero');
  const result = await callMute('dayzero_update_user', { user_id: jane.dayzero, set: { last_name: 'Smith' } });
  stage.result(result);
  const closed = result['code'] === 'confirmation_unavailable' && writes(sandbox, 'dayzero') === before;
  stage.expect(closed, 'fails closed: nothing was sent');
}

async function collateralAndUndo({ stage, sandbox, call }: Scene, jane: Ids): Promise<void> {
  stage.act('A vendor changes more than it was asked to; undo puts both back');
  const vendor = sandbox.vendors.atomicwork;
  const record = () => vendor.users.get(jane.atomicwork);
  const [level, language] = [record()?.['level'], record()?.['language']];
  vendor.options.collateral = { field: 'language', value: 'tlh' };
  const result = await call('atomicwork_update_user', { user_id: jane.atomicwork, set: { level: 'L6' } });
  delete vendor.options.collateral;
  stage.result(result);
  stage.expect(text(result['collateral']).includes('language'), 'the field nobody named is reported by name');
  const undone = await call('undo_change', { change_id: result['change_id'] });
  stage.result(undone);
  const back = record()?.['level'] === level && record()?.['language'] === language;
  stage.expect(undone['outcome'] === 'updated' && back, 'both are as they were');
}

async function review({ stage, call, storeBytes }: Scene): Promise<void> {
  stage.act('Everything is on record, masked');
  const { changes } = (await call('list_changes', { limit: 50 })) as { changes: Result[] };
  for (const row of changes) {
    const fields = (row['changes'] as { field: string }[]).map(({ field }) => field).join(', ');
    stage.say(
      `${String(row['at']).slice(11, 19)} ${String(row['outcome']).padEnd(9)} ${String(row['provider']).padEnd(11)} ${fields}`,
    );
  }
  stage.expect(changes.length === 11, 'eleven rows: eight updates, two refusals, one failure');
  const bytes = storeBytes();
  const clear = ['Lisbon', 'jane.doe@acme.example', 'Smith'].filter((value) => bytes.includes(value));
  stage.expect(clear.length === 0, 'no personal value stands in the store in clear');
}

function writes(sandbox: Sandbox, vendor: VendorId): number {
  return sandbox.vendors[vendor].requests.filter(({ method }) => method === 'PUT').length;
}

function text(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => (typeof member === 'bigint' ? member.toString() : member)) ?? '';
}
