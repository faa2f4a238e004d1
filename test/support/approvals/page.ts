import { createVerifier } from '../../../src/approvals/passphrase.ts';
import { type Listener, listenOnLoopback } from '../../../src/server/approvals/loopback-server.ts';
import { createPipeline, type Pipeline, type PipelineOptions } from '../pipeline.ts';
import { PASSPHRASE } from './program.ts';
import { createRawClient, type RawClient } from './raw-http.ts';

/** The page in this process, on a store in memory, with a sandbox behind it. */
export interface Served {
  pipeline: Pipeline;
  page: Listener;
  origin: string;
  /** A new sign-in; few a minute are allowed. */
  signIn(name?: string): Promise<RawClient>;
  stateOf(id: string): Promise<string | undefined>;
  stop(): Promise<void>;
}

export async function serveApprovalPage(options: PipelineOptions = {}, approvers = ['ann']): Promise<Served> {
  const pipeline = await createPipeline(options);
  const { approvals } = await pipeline.app.store();
  const verifier = await createVerifier(PASSPHRASE);
  for (const name of approvers) await approvals.addApprover(name, verifier);
  const page = await listenOnLoopback(pipeline.app);
  pipeline.app.approvalLink = async (id) => `${page.url}/${id}`;
  const { origin } = new URL(page.url);
  return {
    pipeline,
    page,
    origin,
    async signIn(name = 'ann') {
      const client = createRawClient(origin);
      const { body } = await client.get('/approvals/sign-in');
      const stamp = client.hiddenFieldsOf(body, '/approvals/sign-in');
      const answer = await client.post('/approvals/sign-in', { ...stamp, name, passphrase: PASSPHRASE });
      if (answer.status !== 303) throw new Error(`not signed in: ${answer.status}`);
      return client;
    },
    stateOf: async (id) => (await approvals.get(id))?.state,
    async stop() {
      await page.close();
      await pipeline.stop();
    },
  };
}
