import { createApp } from '../../../src/app.ts';
import { createVerifier } from '../../../src/approvals/passphrase.ts';
import { loadSettings } from '../../../src/config/load.ts';
import { PASSPHRASE } from './program.ts';
import { createRawClient, type RawAnswer, type RawClient } from './raw-http.ts';

/** An approver without a browser: plain requests to the page a running program serves, signed in once. */

export interface SignedInApprover {
  client: RawClient;
  /** The page of a request, by its link or its path. */
  open(url: string): Promise<string>;
  list(): Promise<string>;
  /** Presses a button of that page: `approve` or `decline`, with what was filled in. */
  press(url: string, button: 'approve' | 'decline', fields?: Record<string, string>): Promise<RawAnswer>;
}

/** Registers an approver in the store of this environment, as the operator would. */
export async function registerApprover(env: Record<string, string>, name = 'ann'): Promise<void> {
  const app = createApp(loadSettings(env, env['UPDATE_USER_CONFIG']));
  try {
    await app.seal(); // so that the key is there before a program is started
    await (await app.store()).approvals.addApprover(name, await createVerifier(PASSPHRASE));
  } finally {
    await app.shutdown();
  }
}

export async function signInAt(origin: string, name = 'ann'): Promise<SignedInApprover> {
  const client = createRawClient(origin);
  const { body } = await client.get('/approvals/sign-in');
  const stamp = client.hiddenFieldsOf(body, '/approvals/sign-in');
  const answer = await client.post('/approvals/sign-in', { ...stamp, name, passphrase: PASSPHRASE });
  if (answer.status !== 303) throw new Error(`not signed in: ${answer.status}`);
  const pathOf = (url: string) => new URL(url, origin).pathname;
  const open = async (url: string) => {
    const page = await client.get(pathOf(url));
    if (page.status !== 200) throw new Error(`no page at ${pathOf(url)}: ${page.status}`);
    return page.body;
  };
  return {
    client,
    open,
    list: () => open('/approvals'),
    async press(url, button, fields = {}) {
      const path = `${pathOf(url)}/${button}`;
      return await client.post(path, { ...client.hiddenFieldsOf(await open(url), path), ...fields });
    },
  };
}
