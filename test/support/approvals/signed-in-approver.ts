import { createApp } from '../../../src/app.ts';
import { readSettings } from '../../../src/config/load.ts';
import { PASSPHRASE } from './program.ts';
import { createRawClient, type RawHttpClient, type RawResponse } from './raw-http.ts';
import { quickVerifier } from './verifier.ts';

/** An approver without a browser: signs in once and sends plain requests to the page of a running program. */

export interface SignedInApprover {
  client: RawHttpClient;
  /** The page of a request, by its link or its path. */
  open(url: string): Promise<string>;
  list(): Promise<string>;
  /** Presses a button of that page: `approve` or `decline`, with these inputs filled in. */
  press(url: string, button: 'approve' | 'decline', fields?: Record<string, string>): Promise<RawResponse>;
}

/** Registers an approver in the store of this environment, as the operator would. */
export async function registerApprover(env: Record<string, string>, name = 'ann'): Promise<void> {
  const app = createApp(await readSettings(env, env['UPDATE_USER_CONFIG']));
  try {
    await app.seal(); // creates the key file before another process opens it
    await (await app.store()).approvals.addApprover(name, quickVerifier(PASSPHRASE));
  } finally {
    await app.shutdown();
  }
}

export async function signInAt(origin: string, name = 'ann'): Promise<SignedInApprover> {
  const client = createRawClient(origin);
  const { body } = await client.get('/approvals/sign-in');
  const hidden = client.hiddenFieldsOf(body, '/approvals/sign-in');
  const response = await client.post('/approvals/sign-in', { ...hidden, name, passphrase: PASSPHRASE });
  if (response.status !== 303) throw new Error(`not signed in: ${response.status}`);
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
