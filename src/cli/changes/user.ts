import type { App } from '../../app.ts';
import type { Gap } from '../../find/find.ts';
import type { UserRecord } from '../../store/store.ts';

/** The user records that match `--user`, and notes on how they were found. */
export interface FoundUsers {
  users: UserRecord[];
  /** Sentences for people. */
  notes: string[];
  /** Whether users with entries in the audit log may be missing. */
  isPartial: boolean;
}

const MAX_USERS = 100;

/** Resolves a user id or an e-mail address. The audit log masks addresses, so the vendors are asked who has it now. */
export async function findUsers(text: string, provider: string | undefined, app: App): Promise<FoundUsers> {
  const byId = { userId: text };
  if (!/^\S+@\S+$/.test(text)) return { users: [byId], notes: [], isPartial: false };
  const { find } = await import('../../find/find.ts');
  const store = await app.store();
  const { connections: all } = app.settings;
  const connections = all.filter((one) => provider === undefined || one.provider.id === provider);
  const { users, more, gaps } = await find(
    connections,
    text,
    MAX_USERS,
    await app.findPorts(),
    new AbortController().signal,
  );
  const found = users.map(({ connection, user_id }) => ({ connection, userId: user_id }));
  const isId = (await store.list({ userId: text, limit: 1 })).length > 0;
  const failed = gaps.filter(({ code }) => code !== undefined);
  const notes = [
    ...(found.length === 0 && !isId ? [notFound(text, connections.length)] : []),
    ...gaps.map(gapSentence),
    ...(more > 0 ? [`${more} more users have this e-mail address; give a user id.`] : []),
  ];
  return { users: [byId, ...found], notes, isPartial: failed.length > 0 || more > 0 || (found.length === 0 && !isId) };
}

function notFound(email: string, connections: number): string {
  if (connections === 0) {
    return `${email} cannot be looked up: no provider is connected, and the audit log masks e-mail addresses. Give the user id.`;
  }
  return `No user with the e-mail address ${email} was found. The audit log masks addresses, and a deleted user cannot be looked up: give the user id then.`;
}

function gapSentence({ connection, why }: Gap): string {
  return `Not searched, or only in part: ${connection}. ${why}`;
}
