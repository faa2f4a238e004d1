import { type LoopbackServer, startLoopbackServer } from '../../../src/server/approvals/loopback-server.ts';
import { createPipeline, type Pipeline, type PipelineOptions } from '../pipeline/pipeline.ts';
import { PASSPHRASE } from './program.ts';
import { createRawClient, type RawHttpClient } from './raw-http.ts';
import { quickVerifier } from './verifier.ts';

/** The approval page in this process, on a store in memory, with a sandbox behind it. */
export interface ServedPage {
  pipeline: Pipeline;
  page: LoopbackServer;
  origin: string;
  /** A new sign-in. */
  signIn(name?: string): Promise<RawHttpClient>;
  stateOf(id: string): Promise<string | undefined>;
  stop(): Promise<void>;
}

export async function serveApprovalPage(options: PipelineOptions = {}, approvers = ['ann']): Promise<ServedPage> {
  const pipeline = await createPipeline(options);
  const { approvals } = await pipeline.app.store();
  const verifier = quickVerifier(PASSPHRASE);
  for (const name of approvers) await approvals.addApprover(name, verifier);
  const page = await startLoopbackServer(pipeline.app);
  pipeline.app.approvalLink = async (id) => `${page.url}/${id}`;
  const { origin } = new URL(page.url);
  return {
    pipeline,
    page,
    origin,
    async signIn(name = 'ann') {
      const client = createRawClient(origin);
      const { body } = await client.get('/approvals/sign-in');
      const hidden = client.hiddenFieldsOf(body, '/approvals/sign-in');
      const response = await client.post('/approvals/sign-in', { ...hidden, name, passphrase: PASSPHRASE });
      if (response.status !== 303) throw new Error(`not signed in: ${response.status}`);
      return client;
    },
    stateOf: async (id) => (await approvals.get(id))?.state,
    async stop() {
      await page.close();
      await pipeline.stop();
    },
  };
}
