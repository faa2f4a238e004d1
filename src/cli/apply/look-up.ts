import { AppError } from '../../errors.ts';
import { createFindByEmail, type EmailFinding } from '../../find/by-email.ts';
import type { FindPorts } from '../../find/find.ts';
import type { CountLookup } from '../../find/lookup-counter.ts';
import { quoteNames } from '../../lib/text/quote.ts';
import { runPool } from '../../update/batch/pool.ts';
import type { Caller, Connection } from '../../update/types.ts';
import { end, type FilePerson, type LineEnd } from './people.ts';

export interface LookUpOptions {
  connection: Connection;
  caller: Caller;
  ports: FindPorts;
  count: CountLookup;
  /** Look-ups at the same time. */
  width: number;
  signal: AbortSignal;
  onProgress(done: number, total: number): void;
}

/** Finds the ids of people who are named by an e-mail address. Those who are unknown or ambiguous end; no one is guessed. */
export async function lookUp(people: readonly FilePerson[], options: LookUpOptions): Promise<void> {
  const { connection, caller, ports, count, width, signal, onProgress } = options;
  const open = people.filter(({ email, ended }) => email !== undefined && ended?.outcome !== 'failed');
  const find = createFindByEmail(connection, ports, signal);
  let done = 0;
  const pool = { width, keyOf: () => '', mayBegin: () => !signal.aborted };
  await runPool([...open.entries()], pool, async (person) => {
    const { title } = connection.provider;
    try {
      await count(caller);
      apply(person, await find(person.email ?? ''), title);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      end(person, { outcome: 'failed', code: error.code, message: `Could not be looked up: ${error.message}` });
    }
    onProgress(++done, open.length);
  });
}

function apply(person: FilePerson, finding: EmailFinding, title: string): void {
  switch (finding.kind) {
    case 'found':
      person.userId = finding.userId;
      if (person.request) person.request = { ...person.request, userId: finding.userId };
      return;
    case 'unknown':
      return end(person, unknown(title, finding.why));
    case 'ambiguous': {
      const ids = quoteNames(finding.userIds, 5);
      const message = `Ambiguous: ${finding.userIds.length} users at ${title} have this address (${ids}). Give the id.`;
      return end(person, { outcome: 'failed', code: 'invalid_input', message });
    }
  }
}

function unknown(title: string, why: string | undefined): LineEnd {
  const message = `Unknown: no user at ${title} with this address was found.${why === undefined ? '' : ` ${why}`}`;
  return { outcome: 'failed', code: 'not_found', message };
}
