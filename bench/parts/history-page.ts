import { createApp } from '../../src/app.ts';
import { createVerifier } from '../../src/approvals/passphrase.ts';
import { loadSettings } from '../../src/config/load.ts';
import { createApprovalsApp } from '../../src/server/approvals/app.ts';
import { add, type Row, rowsOf } from '../statistics.ts';
import { AUDIT_PAGE } from '../topics.ts';

/** What the history on the approval site costs with a short log and with a long one. */

/** A filled store, and a user in it. */
export interface FilledStore {
  /** How the rows are named after its size. */
  name: string;
  /** What `UPDATE_USER_STORE` has to be. */
  setting: string;
  userId: string;
}

const ORIGIN = 'http://127.0.0.1';
const PASSPHRASE = 'a passphrase of the benchmark';

/** Taken in turns, since a machine is faster in one minute than in another. */
export async function measurePages(
  stores: readonly FilledStore[],
  { database, key, rounds }: { database: string; key: string; rounds: number },
): Promise<Row[]> {
  const sites = [];
  for (const store of stores) sites.push({ ...store, site: await openSite(store.setting, key) });
  const samples = new Map<string, Map<string, number[]>>();
  for (let round = -2; round < rounds; round++) {
    for (const { name, userId, site } of sites) {
      for (const [what, query] of [
        ['the first page', ''],
        ['a user id', `?user=${userId}`],
      ] as const) {
        const began = performance.now();
        const page = await site.get(`/approvals/history${query}`);
        const ms = performance.now() - began;
        if (!page.includes('of user <bdi>')) throw new Error(`${what} shows nothing at ${name}`);
        const topic = `${AUDIT_PAGE}, ${database}: ${what}`;
        const held = samples.get(topic) ?? new Map<string, number[]>();
        samples.set(topic, held);
        if (round >= 0) add(held, name, ms);
      }
    }
  }
  for (const { site } of sites) await site.close();
  return [...samples].flatMap(([topic, held]) => rowsOf(topic, 'ms', held, stores[0]?.name ?? ''));
}

/** The site in this process, with an approver who is signed in. */
async function openSite(setting: string, key: string) {
  const app = createApp(loadSettings({ UPDATE_USER_STORE: setting, UPDATE_USER_KEY: key, UPDATE_USER_LOG: 'silent' }));
  const { approvals } = await app.store();
  await approvals.addApprover('ann', await createVerifier(PASSPHRASE));
  const site = createApprovalsApp(app, { basePath: '/approvals', publicUrl: ORIGIN });
  let cookie = '';
  const send = async (path: string, fields?: Record<string, string>): Promise<string> => {
    const headers = { host: '127.0.0.1', origin: ORIGIN, cookie };
    const request = new Request(ORIGIN + path, {
      headers,
      ...(fields && { method: 'POST', body: new URLSearchParams(fields) }),
    });
    const response = await site.fetch(request);
    cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? cookie;
    return await response.text();
  };
  const form = await send('/approvals/sign-in');
  const hidden = [...form.matchAll(/name="(csrf|nonce)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]);
  await send('/approvals/sign-in', { ...Object.fromEntries(hidden), name: 'ann', passphrase: PASSPHRASE });
  return { get: (path: string) => send(path), close: () => app.shutdown() };
}
