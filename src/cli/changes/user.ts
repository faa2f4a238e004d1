import type { App } from '../../app.ts';
import { searchKeys } from '../../audit/email-key.ts';
import { recordsWithKeys } from '../../audit/people.ts';
import type { Gap } from '../../find/find.ts';
import type { ChangeFilter, Store, UserRecord } from '../../store/store.ts';

/** Whom `--user` names, and notes on how that was found. */
export interface FoundUsers {
  person: NonNullable<ChangeFilter['person']>;
  /** Sentences for people. */
  notes: string[];
  /** Whether changes may be missing because not everybody was found. */
  isPartial: boolean;
}

const MAX_USERS = 100;

/**
 * Resolves a user id or an e-mail address. The audit log does not show addresses, but has keyed hashes of them, also of
 * people who are deleted by now; the vendors are asked who has the address today, for entries of earlier versions.
 */
export async function findUsers(text: string, provider: string | undefined, app: App): Promise<FoundUsers> {
  const byId = { userId: text };
  if (!/^\S+@\S+$/.test(text)) return { person: { users: [byId] }, notes: [], isPartial: false };
  const [store, seal] = await Promise.all([app.store(), app.seal()]);
  const emailKeys = searchKeys(text, seal.hmacs);
  const [isId, recorded] = await Promise.all([isKnownId(store, text), recordsWithKeys(store, emailKeys)]);
  const asked = await askVendors(text, provider, app);
  const users = [byId, ...recorded, ...asked.users];
  const isFound = isId || recorded.length + asked.users.length > 0;
  // Where the log knows the address, only a vendor that failed may have more.
  const gaps = recorded.length > 0 ? asked.gaps.filter(({ code }) => code !== undefined) : asked.gaps;
  const isUnanswered = recorded.length === 0 && gaps.some(({ code }) => code !== undefined);
  const notes = [
    ...(isFound ? [] : [notFound(text, asked.connections)]),
    ...gaps.map(gapSentence),
    ...(asked.more > 0 ? [`${asked.more} more users have this e-mail address; give a user id.`] : []),
  ];
  return { person: { users, emailKeys }, notes, isPartial: !isFound || isUnanswered || asked.more > 0 };
}

async function isKnownId(store: Store, userId: string): Promise<boolean> {
  return (await store.list({ userId, limit: 1 })).length > 0;
}

async function askVendors(
  text: string,
  provider: string | undefined,
  app: App,
): Promise<{ users: UserRecord[]; more: number; gaps: Gap[]; connections: number }> {
  const connections = app.settings.connections.filter((one) => provider === undefined || one.provider.id === provider);
  if (connections.length === 0) return { users: [], more: 0, gaps: [], connections: 0 };
  const { find } = await import('../../find/find.ts');
  const signal = new AbortController().signal;
  const { users, more, gaps } = await find(connections, text, MAX_USERS, await app.findPorts(), signal);
  const records = users.map((user) => ({ provider: user.provider, connection: user.connection, userId: user.user_id }));
  return { users: records, more, gaps, connections: connections.length };
}

function notFound(email: string, connections: number): string {
  const old = 'Entries of earlier versions cannot be found by an address: give the user id for those.';
  if (connections === 0) {
    return `${email} cannot be looked up: no provider is connected, and no entry of the audit log has this address. ${old}`;
  }
  return `No user with the e-mail address ${email} was found. Neither the audit log nor a connected provider has it. ${old}`;
}

function gapSentence({ connection, why }: Gap): string {
  return `Not searched, or only in part: ${connection}. ${why}`;
}
