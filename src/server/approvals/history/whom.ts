import type { App } from '../../../app.ts';
import { approverPrincipal } from '../../../approvals/identity.ts';
import { searchKeys } from '../../../audit/email-key.ts';
import { recordsWithKeys } from '../../../audit/people.ts';
import { bounds } from '../../../bounds.ts';
import { type CountLookup, createLookupCounter } from '../../../find/lookup-counter.ts';
import { createRateLimit } from '../../../lib/rate-limit.ts';
import type { ChangeFilter } from '../../../store/store.ts';
import type { Connection } from '../../../update/types.ts';

/** Whose changes are searched for, and what could not be found out. */
export interface SearchedPerson {
  person: NonNullable<ChangeFilter['person']>;
  notes: readonly string[];
}

/** The page waits so long for the vendors at most. */
const LOOKUP_MS = 4000;
const MAX_USERS = 50;

/**
 * Finds a person by id or e-mail address. Addresses are masked in the audit log, so an address is looked for by the keyed
 * hashes in its entries, and the vendors are asked who has it now, within a time limit: what cannot be asked is named, and
 * the rest is searched. Such a look-up counts as one of the approver's.
 */
export function createPersonSearch(app: App) {
  const rateLimit = createRateLimit({ perMinute: bounds.lookupsPerMinute });
  const count: CountLookup = createLookupCounter(app.store, app.log);

  return async (text: string, approver: string, connections: readonly Connection[]): Promise<SearchedPerson> => {
    const byId = { userId: text };
    if (!/^\S+@\S+$/.test(text)) return { person: { users: [byId] }, notes: [] };
    const seal = await app.seal();
    const emailKeys = searchKeys(text, seal.hmacs);
    const recorded = await recordsWithKeys(await app.store(), emailKeys);
    const wait = rateLimit(approver);
    if (wait > 0) {
      const note = `Found by the audit log alone: too many look-ups, the services can be asked again in ${wait} seconds.`;
      return { person: { users: [byId, ...recorded], emailKeys }, notes: [note] };
    }
    const { find } = await import('../../../find/find.ts');
    const ports = { ...(await app.findPorts()), deadlineMs: Math.min(LOOKUP_MS, app.settings.limits.findMs) };
    const [{ users, more, gaps }] = await Promise.all([
      find(connections, text, MAX_USERS, ports, new AbortController().signal),
      count({ principal: approverPrincipal(approver) }),
    ]);
    const found = users.map(({ provider, connection, user_id }) => ({ provider, connection, userId: user_id }));
    return {
      person: { users: [byId, ...recorded, ...found], emailKeys },
      notes: [
        ...gaps.map(({ connection, why }) => `Not asked, or only in part: ${connection}. ${why}`),
        ...(more > 0 ? [`${more} more users have this e-mail address; give a user id.`] : []),
        ...(users.length === 0
          ? ['No service that could be asked has a user with this e-mail address now; found by the audit log alone.']
          : []),
      ],
    };
  };
}
