import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type FileScene, type VendorId, vendors } from '../../sandbox/index.ts';
import { mergePatch } from '../../sandbox/json.ts';
import { type Demo, firstScene, type Ids, type ToolContent } from './stage.ts';

/** Many changes at once: one person everywhere with one question, and a file of twenty people. */

export async function updateOnePersonEverywhere({ output, sandbox, call }: Demo, jane: Ids): Promise<void> {
  output.scene('Her name changed: one person everywhere, with one question');
  const renamed = vendors.flatMap(({ id, demo }) => (demo.renamed ? [{ id, set: demo.renamed }] : []));
  const records = () => renamed.map(({ id }) => structuredClone(sandbox.vendors[id].users.get(jane[id])) ?? {});
  const values = (of: ReturnType<typeof records>) =>
    renamed.map(({ set }, at) => Object.keys(set).map((name) => of[at]?.[name]));
  const before = records();
  const changes = renamed.map(({ id, set }) => ({ provider: id, user_id: jane[id], set }));
  const result = await call('update_users', { changes, reason: 'her name changed' });
  output.result(result);
  const expected = renamed.map(({ set }, at) => mergePatch(before[at] ?? {}, set)) as typeof before; // objects stay so
  const isMade = result['outcome'] === 'updated' && isDeepStrictEqual(values(records()), values(expected));
  output.check(isMade, `one yes, ${renamed.length} vendors: all of them have her new name`);
  const undone = await call('undo_change', { batch_id: result['batch_id'] });
  output.result(undone);
  output.check(isDeepStrictEqual(values(records()), values(before)), 'one undo takes all of it back');
}

/** How many people the file has. */
const PEOPLE = 20;

export async function applyFile(demo: Demo): Promise<void> {
  const { output, sandbox, folder, command, storeBytes } = demo;
  output.scene(`A file of ${PEOPLE} people, applied by an administrator`);
  const [id, scene] = firstScene('file');
  const people = Array.from({ length: PEOPLE }, (_, at) => scene.person(at + 1));
  const { users, faults } = sandbox.vendors[id];
  for (const { id: userId, record } of people) users.set(userId, record);
  const [locked, moved] = [people[6]?.id ?? '', people[13]?.id ?? ''];
  const { method, status } = scene.conflict;
  faults.push({ kind: 'status', status, method, path: moved });
  const before = people.map(({ record }) => scene.valueIn(record));
  const values = () => people.map(({ id: userId }) => scene.valueIn(users.get(userId) ?? {}));

  const options = ['--config', writeConfig(folder, id, scene)];
  const applied = await command([
    'apply',
    writeFile(folder, people, scene, locked),
    '--provider',
    id,
    ...options,
    '--json',
  ]);
  const lines = applied.printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ToolContent);
  const { batch_id: batch, counts } = (lines.at(-1) ?? {}) as { batch_id?: string; counts?: Record<string, number> };
  const ended = (userId: string) => lines.find((line) => line['user_id'] === userId)?.['outcome'];
  output.say(`its last line: ${JSON.stringify({ counts })}`);
  const moves = values().filter((value, at) => !isDeepStrictEqual(value, before[at])).length;
  output.check(moves === PEOPLE - 2 && counts?.['updated'] === moves, `${moves} people are in their new department`);
  output.check(ended(locked) === 'denied', `the line that also locks an account is refused by policy, that line alone`);
  output.check(ended(moved) === 'conflict', 'the record that changed meanwhile is left as it is, and reported');
  // Without a file for the store, the two commands would not know of each other.
  if (!storeBytes) return;
  const undone = await command(['undo', batch ?? '', ...options]);
  output.check(undone.code === 0 && isDeepStrictEqual(values(), before), 'one undo takes the whole file back');
}

/** The administrator's policy: what HR may change without a question, and what no file may. */
function writeConfig(folder: string, id: VendorId, { columns: [ordinary] }: FileScene): string {
  const rules = [
    { name: 'no file locks people out', effect: 'lifecycle', decision: 'deny' },
    { name: 'the list from HR', caller: 'operator', field: `${id}.${ordinary}`, decision: 'allow' },
  ];
  const path = join(folder, 'mcp.config.json');
  writeFileSync(path, JSON.stringify({ policy: { rules } }), { mode: 0o600 });
  return path;
}

function writeFile(
  folder: string,
  people: readonly { id: string }[],
  { columns: [ordinary, lifecycle], locked }: FileScene,
  lockedId: string,
): string {
  const lines = people.map(({ id }) => `${id},Key accounts,${id === lockedId ? locked : ''}`);
  const path = join(folder, 'people.csv');
  writeFileSync(path, [`user_id,${ordinary},${lifecycle}`, ...lines, ''].join('\r\n'), { mode: 0o600 });
  return path;
}
