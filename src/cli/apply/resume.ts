import type { App } from '../../app.ts';
import { UsageError } from '../../errors.ts';
import { readBatch, resumeBatch } from '../../update/batch/resume.ts';
import type { Session } from './session.ts';

/** Goes on with a stored batch, which needs no file. Returns the exit code. Throws an AppError if there is none to go on with. */
export async function resume(id: string, session: Session, app: App): Promise<number> {
  const { store, connections, names } = app.settings;
  if (store.kind === 'memory') {
    throw new UsageError(
      `${names.store}: memory ends with its process; to resume a batch, a file or PostgreSQL is needed`,
    );
  }
  const ports = await app.ports();
  const found = await readBatch(id, session.origin, connections, ports);
  return await session.run(found.batch, [], (answer) => resumeBatch(found, ports, answer), ports.store);
}
