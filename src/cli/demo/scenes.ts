import { isDeepStrictEqual } from 'node:util';
import { type JsonRecord, type Sandbox, type VendorId, vendors } from '../../sandbox/index.ts';
import { mergePatch } from '../../sandbox/json.ts';
import { applyFile, updateOnePersonEverywhere } from './many.ts';
import { type Demo, firstScene, type Ids, providerOf } from './stage.ts';

const EMAIL = 'jane.doe@acme.example';
const ID_WIDTH = Math.max(...vendors.map(({ id }) => id.length));

/**
 * Plays all scenes. Checks compare the record at the vendor, not the result of the server. The changes come from the
 * vendors' definitions, so that new vendors are included automatically.
 */
export async function playScenes(demo: Demo): Promise<void> {
  const jane = await findJane(demo);
  const sent = [await updateEverywhere(demo, jane), await decline(demo, jane)];
  await confirmByTyping(demo, jane);
  sent.push(await failClosed(demo, jane));
  await undoCollateral(demo, jane);
  await reviewLog(demo, [EMAIL, ...sent.flat()]);
  await updateOnePersonEverywhere(demo, jane);
  await applyFile(demo);
}

async function findJane({ output, call }: Demo): Promise<Ids> {
  output.scene('Find one person at every vendor');
  const { users, not_searched } = (await call('find_user', { query: EMAIL })) as unknown as {
    users: { provider: VendorId; user_id: string; label: string; email: string }[];
    not_searched: unknown[];
  };
  for (const user of users)
    output.say(`${user.provider.padEnd(ID_WIDTH)} ${user.user_id.padEnd(37)} ${user.label} ${user.email}`);
  output.check(users.length === vendors.length, `Jane Doe is found at all ${vendors.length} vendors`);
  const isMasked = users.every(({ email }) => email.startsWith('j•••@'));
  output.check(isMasked && not_searched.length === 0, 'the agent sees her e-mail address masked');
  // A check above fails unless each vendor is among them.
  return Object.fromEntries(users.map((user) => [user.provider, user.user_id])) as Ids;
}

async function updateEverywhere({ output, sandbox, call }: Demo, jane: Ids): Promise<string[]> {
  output.scene('Change one field at each vendor; a person confirms every change');
  for (const { id, demo } of vendors) {
    const { title, volatile } = providerOf(id);
    const record = () => structuredClone(sandbox.vendors[id].users.get(jane[id])) ?? {};
    const before = record();
    const result = await call(`${id}_update_user`, { user_id: jane[id], set: demo.change });
    output.result(result);
    const expected = mergePatch(before, demo.change) as JsonRecord; // an object, as the record is
    const after = record();
    const isSame = (name: string) => isDeepStrictEqual(after[name], expected[name]);
    const isWritten = Object.keys(demo.change).every(isSame);
    output.check(result['outcome'] === 'updated' && isWritten, `${title} has the new value, and it was read back`);
    const names = Object.keys({ ...expected, ...after }).filter((name) => !volatile.includes(name));
    output.check(names.every(isSame), `trap avoided: ${demo.trap}`);
  }
  return vendors.flatMap(({ id, demo }) => personalTexts(id, demo.change));
}

async function decline({ output, sandbox, call }: Demo, jane: Ids): Promise<string[]> {
  output.scene('The person says no');
  const [id, set] = firstScene('declined');
  const before = countWrites(sandbox, id);
  const result = await call(`${id}_update_user`, { user_id: jane[id], set }, 'no');
  output.result(result);
  const isUnsent = countWrites(sandbox, id) === before;
  output.check(result['outcome'] === 'refused' && isUnsent, `nothing was sent to ${providerOf(id).title}`);
  return personalTexts(id, set);
}

async function confirmByTyping({ output, sandbox, call }: Demo, jane: Ids): Promise<void> {
  output.scene('Locking an account: a yes is not enough, the name has to be typed');
  const [id, set] = firstScene('typed');
  const record = () => structuredClone(sandbox.vendors[id].users.get(jane[id]));
  const before = record();
  const input = { user_id: jane[id], set, reason: 'leaves on Friday' };
  const wrong = await call(`${id}_update_user`, input, { typed: 'John Doe' });
  output.result(wrong);
  const isUnchanged = isDeepStrictEqual(record(), before);
  output.check(wrong['outcome'] === 'refused' && isUnchanged, 'another name is not a yes: the account is not locked');
  const right = await call(`${id}_update_user`, input);
  output.result(right);
  const isLocked = isDeepStrictEqual(record(), { ...before, ...set });
  output.check(right['outcome'] === 'updated' && isLocked, 'her own name is: the account is locked');
}

async function failClosed({ output, sandbox, callWithoutQuestions }: Demo, jane: Ids): Promise<string[]> {
  output.scene('A client that cannot ask a person');
  const [id, set] = firstScene('unconfirmed');
  const before = countWrites(sandbox, id);
  const result = await callWithoutQuestions(`${id}_update_user`, { user_id: jane[id], set });
  output.result(result);
  const isUnsent = countWrites(sandbox, id) === before;
  output.check(result['code'] === 'confirmation_unavailable' && isUnsent, 'it fails closed: nothing was sent');
  return personalTexts(id, set);
}

async function undoCollateral({ output, sandbox, call }: Demo, jane: Ids): Promise<void> {
  output.scene('A vendor changes more than it was asked to; undo puts both back');
  const [id, { change, field, value }] = firstScene('collateral');
  const vendor = sandbox.vendors[id];
  const changed = () => [...Object.keys(change), field].map((name) => vendor.users.get(jane[id])?.[name]);
  const before = changed();
  vendor.options.collateral = { field, value };
  const result = await call(`${id}_update_user`, { user_id: jane[id], set: change });
  delete vendor.options.collateral;
  output.result(result);
  const reported = (result['collateral'] ?? []) as { field: string }[];
  output.check(
    reported.some((one) => one.field === field),
    `the result names ${field}, which was not requested`,
  );
  const undone = await call('undo_change', { change_id: result['change_id'] });
  output.result(undone);
  const isRestored = isDeepStrictEqual(changed(), before);
  output.check(undone['outcome'] === 'updated' && isRestored, 'both fields are as they were');
}

/** The part of a listed change that is shown. */
interface LoggedChange {
  at: string;
  outcome: string;
  provider: string;
  changes: { field: string }[];
}

async function reviewLog(
  { output, call, callWithoutQuestions, storeBytes }: Demo,
  personal: readonly string[],
): Promise<void> {
  output.scene('The audit log has every attempt, with personal values masked');
  const input = { limit: 50 };
  const logs = [await call('list_changes', input)];
  if (!storeBytes) logs.push(await callWithoutQuestions('list_changes', input));
  const changes = (logs as unknown as { changes: LoggedChange[] }[])
    .flatMap((log) => log.changes)
    .toSorted((a, b) => b.at.localeCompare(a.at));
  for (const entry of changes) {
    const fields = entry.changes.map(({ field }) => field).join(', ');
    output.say(`${entry.at.slice(11, 19)} ${entry.outcome.padEnd(9)} ${entry.provider.padEnd(ID_WIDTH)} ${fields}`);
  }
  const count = (outcome: string) => changes.filter((entry) => entry.outcome === outcome).length;
  const counts = [count('updated'), count('refused'), count('failed')];
  // One update at each vendor, the update with the typed name, the one with collateral, and its undo.
  const isComplete = isDeepStrictEqual(counts, [vendors.length + 3, 2, 1]);
  const [updated, refused, failed] = counts;
  output.check(
    isComplete && changes.length === vendors.length + 6,
    `${changes.length} entries: ${updated} updated, ${refused} refused, ${failed} failed`,
  );
  const kept = storeBytes?.() ?? JSON.stringify(changes);
  const found = personal.filter((value) => kept.includes(value));
  const place = storeBytes ? 'the file it is stored in' : 'what an agent gets of it';
  output.check(found.length === 0, `${place} contains no personal value in the clear`);
}

/** The texts in these values that must not be stored in the clear. */
function personalTexts(id: VendorId, set: JsonRecord): string[] {
  const { fields } = providerOf(id);
  const personal = Object.entries(set).filter(([name]) => fields[name]?.sensitivity === 'personal');
  return personal.flatMap(([, value]) =>
    Object.values(typeof value === 'object' ? (value ?? {}) : [value]).map(String),
  );
}

function countWrites(sandbox: Sandbox, id: VendorId): number {
  return sandbox.vendors[id].requests.filter(({ method }) => method !== 'GET').length;
}
