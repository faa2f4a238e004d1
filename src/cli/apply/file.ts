import { userInfo } from 'node:os';
import type { App } from '../../app.ts';
import { AppError } from '../../errors.ts';
import { createLookupCounter } from '../../find/lookup-counter.ts';
import { newChangeId } from '../../lib/uuid7.ts';
import { failUnparsedCall } from '../../update/audit/record.ts';
import type { BatchCall } from '../../update/batch/types.ts';
import { updateMany } from '../../update/batch/update-many.ts';
import type { Ports } from '../../update/ports.ts';
import { NOT_STARTED } from '../../update/results/batch-messages.ts';
import { BUILT_IN_CALLERS, type Caller, type Connection } from '../../update/types.ts';
import { personLine } from './line-result.ts';
import { lookUp } from './look-up.ts';
import type { ApplyOptions, FileOptions } from './options.ts';
import { APPLY_TOOL, createReadPerson, end, endRepeatedLines, type FilePerson } from './people.ts';
import { problemLine } from './plan-text.ts';
import { readFile } from './reading/read-file.ts';
import type { Session } from './session.ts';

/** Applies a file: reads all of it, looks people up, then plans, asks and writes as one batch. Returns the exit code. */
export async function applyFile(file: FileOptions, values: ApplyOptions, session: Session, app: App): Promise<number> {
  const { connection } = file;
  const dryRun = values['dry-run'] ?? false;
  const allOrNothing = values['all-or-nothing'] ?? false;
  const people = await readPeople(file, values);
  endRepeatedLines(people);
  const caller = { principal: BUILT_IN_CALLERS.command, client: `update-user-mcp apply, ${userInfo().username}` };
  await lookUpAll(people, file, caller, session, app);
  endRepeatedLines(people);
  const id = newChangeId();
  const stopped = session.interrupted();
  if (stopped !== undefined) return stopped;
  const ports = await app.ports();
  if (!dryRun) await recordFaults(people, { id, caller, connection }, ports);
  const hasFaults = people.some(({ ended }) => ended?.outcome === 'failed');
  if (allOrNothing && hasFaults && !dryRun) return await endAll(people, id, session);
  const changes = people.flatMap(({ line, request }) => (request ? [{ connection, request, line }] : []));
  const others = people.flatMap((person) => (person.ended ? [personLine(person)] : []));
  const batch: BatchCall = {
    ...session.origin,
    id,
    tool: APPLY_TOOL,
    caller,
    changes,
    allOrNothing,
    dryRun,
    ...(values.reason !== undefined && { reason: values.reason }),
  };
  return await session.run(
    batch,
    others,
    (answer) => updateMany({ ...batch, ...(answer && { answer }) }, ports),
    ports.store,
  );
}

async function readPeople(file: FileOptions, values: ApplyOptions): Promise<FilePerson[]> {
  const { path, format, connection, reading } = file;
  const people: FilePerson[] = [];
  const readPerson = createReadPerson(connection.provider, {
    allowSecretInput: reading.allowSecretInput,
    reason: values.reason,
    dryRun: values['dry-run'] ?? false,
  });
  await readFile(path, format, connection.provider, reading, (line) => people.push(readPerson(line)));
  return people;
}

async function lookUpAll(
  people: readonly FilePerson[],
  { connection, reading }: FileOptions,
  caller: Caller,
  session: Session,
  app: App,
): Promise<void> {
  if (reading.email === undefined) return;
  await lookUp(people, {
    connection,
    caller,
    ports: await app.findPorts(),
    count: createLookupCounter(app.store, app.log),
    width: app.settings.limits.concurrentWrites,
    signal: session.origin.signal,
    onProgress: (done, total) => session.progress('Looking up', done, total),
  });
}

/** Every attempt leaves an entry, unless nobody is known whom it was about. */
async function recordFaults(
  people: readonly FilePerson[],
  { id, caller, connection }: { id: string; caller: Caller; connection: Connection },
  ports: Ports,
): Promise<void> {
  const failed = people.filter(({ ended, userId }) => ended?.outcome === 'failed' && userId !== undefined);
  const record = async ({ userId, ended }: FilePerson) => {
    const error = new AppError(ended?.code ?? 'invalid_input', ended?.message ?? '');
    const call = { tool: APPLY_TOOL, connection, caller, args: { user_id: userId ?? null }, batch: { id } };
    await failUnparsedCall(call, error, ports);
  };
  for (let from = 0; from < failed.length; from += AT_ONCE) {
    await Promise.all(failed.slice(from, from + AT_ONCE).map(record));
  }
}

/** Entries in one go: they are made durable together. */
const AT_ONCE = 200;

/** All or nothing, and a line cannot be applied: nothing is read or written. */
async function endAll(people: readonly FilePerson[], id: string, session: Session): Promise<number> {
  const faults = people.filter(({ ended }) => ended?.outcome === 'failed').map(personLine);
  for (const person of people) {
    if (!person.ended) end(person, { outcome: 'failed', code: 'not_started', message: NOT_STARTED.all_or_nothing });
  }
  const message = ['All or nothing, and these cannot be changed. Nothing was changed.', ...faults.map(problemLine)];
  return await session.endWithout(id, people.map(personLine), message.join('\n'));
}
