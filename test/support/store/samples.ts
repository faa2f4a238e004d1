import type { EntryBody, NewEntry, UserRef } from '../../../src/store/log/entry.ts';
import { createProcessId } from '../../../src/store/process-id.ts';
import type { OpenRequest } from '../../../src/store/store.ts';

/** What an entry of a test says when the test does not care. */
export function body(message = ''): EntryBody {
  return { tool: 'acme_update_user', caller: 'tests', message, fields: [] };
}

export function person(userId: string): UserRef {
  return { provider: 'acme', connection: 'acme', userId };
}

export function entry(changeId: string, more: Partial<NewEntry> = {}): NewEntry {
  return { ...person('jane'), changeId, outcome: 'unverified', body: body(), ...more };
}

/** An intent that nothing but an open change can stand in the way of. */
export function intent(changeId: string, more: Partial<NewEntry> = {}): OpenRequest {
  return { entry: entry(changeId, more), since: Number.MAX_SAFE_INTEGER };
}

/** A process of this host that ended: its PID is ours now. */
export function deadOwner(): string {
  const [host, pid] = createProcessId().split(':');
  return `${host}:${pid}:another-start:00000000`;
}
