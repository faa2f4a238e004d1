import type { NewApproval } from '../../../src/store/approvals.ts';
import type { BatchEvent, Entry, EntryBody, NewEntry, UserRef } from '../../../src/store/log/entry.ts';
import { createProcessId } from '../../../src/store/process-id.ts';
import type { OpenRequest, Store } from '../../../src/store/store.ts';

/** The body of an entry whose content a test does not depend on. */
export function body(message = ''): EntryBody {
  return { tool: 'acme_update_user', caller: 'tests', message, fields: [] };
}

export function person(userId: string): UserRef {
  return { provider: 'acme', connection: 'acme', userId };
}

export function entry(changeId: string, more: Partial<NewEntry> = {}): NewEntry {
  return { ...person('jane'), changeId, outcome: 'unverified', body: body(), ...more };
}

/** An intent that only an open change of its user can block. */
export function intent(changeId: string, more: Partial<NewEntry> = {}): OpenRequest {
  return { entry: entry(changeId, more), since: Number.MAX_SAFE_INTEGER };
}

/** A request for approval that expires in a day. */
export function newApproval(id: string, more: Partial<NewApproval> = {}): NewApproval {
  return {
    id,
    digest: `digest of ${id}`,
    requestKey: `request of ${id}`,
    caller: 'tests',
    ...person('jane'),
    expiresAt: Date.now() + 86_400_000,
    needed: 1,
    view: Uint8Array.from({ length: 256 }, (_, i) => i),
    ...more,
  };
}

/** An event of a batch of changes at two providers, over three connections. */
export function batchEvent(id: string, outcome: BatchEvent, more: Partial<EntryBody> = {}): NewEntry {
  const record = { provider: 'acme,zeta', connection: 'acme,east,west', userId: '' };
  return { ...record, changeId: id, outcome, body: { ...body(), batchId: id, people: 3, ...more } };
}

export async function readEntries(store: Store, afterSeq?: number): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const one of store.entries(afterSeq)) entries.push(one);
  return entries;
}

/** A process of this host that ended: its PID is ours now. */
export function deadProcessId(): string {
  const [host, pid] = createProcessId().split(':');
  return `${host}:${pid}:another-start:00000000`;
}
