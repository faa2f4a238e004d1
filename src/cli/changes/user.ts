import type { App } from '../../app.ts';
import type { Gap } from '../../find/find.ts';
import type { UserRecord } from './filter.ts';

/** The user records a filter means, and what has to be said about how they were found. */
export interface MeantUsers {
  users: UserRecord[];
  /** Sentences for people. */
  said: string[];
  /** Whether a user with entries in the log may have been missed. */
  isPartial: boolean;
}

const MOST = 100;

/** A user id, or an e-mail: the log masks e-mails, so the vendors are asked who has it now. */
export async function usersMeant(text: string, provider: string | undefined, app: App): Promise<MeantUsers> {
  const byId = { userId: text };
  if (!/^\S+@\S+$/.test(text)) return { users: [byId], said: [], isPartial: false };
  const { find } = await import('../../find/find.ts');
  const store = await app.store();
  const { connections: all } = app.settings;
  const connections = all.filter((one) => provider === undefined || one.provider.id === provider);
  const { users, more, gaps } = await find(
    connections,
    text,
    MOST,
    await app.findPorts(),
    new AbortController().signal,
  );
  const found = users.map(({ connection, user_id }) => ({ connection, userId: user_id }));
  const isId = (await store.list({ userId: text, limit: 1 })).length > 0;
  const failed = gaps.filter(({ code }) => code !== undefined);
  const said = [
    ...(found.length === 0 && !isId ? [noOne(text, connections.length)] : []),
    ...gaps.map(toSentence),
    ...(more > 0 ? [`${more} more users have this e-mail; give a user id.`] : []),
  ];
  return { users: [byId, ...found], said, isPartial: failed.length > 0 || more > 0 || (found.length === 0 && !isId) };
}

function noOne(email: string, connections: number): string {
  if (connections === 0) {
    return `${email} cannot be looked up: no provider is connected, and the log masks e-mails. Give the user id.`;
  }
  return `No user with the e-mail ${email} was found. The log masks e-mails, and a user who was deleted cannot be looked up: give the user id then.`;
}

function toSentence({ connection, why }: Gap): string {
  return `Not searched, or not wholly: ${connection}. ${why}`;
}
