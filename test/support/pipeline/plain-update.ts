import { onTestFinished } from 'vitest';
import { createApp } from '../../../src/app.ts';
import type { Ports } from '../../../src/update/ports.ts';
import type { Connection, Result } from '../../../src/update/types.ts';
import { update } from '../../../src/update/update.ts';
import { ALLOW_ALL, settingsFrom } from './pipeline.ts';
import { type PlainRequest, requestFor } from './requests.ts';

/** The pipeline with one connection that no configuration knows, in this process. Stopped after the test. */
export interface PlainUpdate {
  ports: Ports;
  /** Calls the update tool with a policy that allows everything. */
  call(userId: string, request: PlainRequest): Promise<Result>;
}

export async function startPlainUpdate(connection: Connection): Promise<PlainUpdate> {
  const app = createApp({ ...settingsFrom({ policy: ALLOW_ALL }), connections: [connection] });
  onTestFinished(() => app.shutdown());
  const ports = await app.ports();
  return {
    ports,
    async call(userId, request) {
      const asked = { ...requestFor(request), userId };
      const reply = await update({ connection, request: asked, caller: { principal: 'local' }, canAsk: false }, ports);
      if (reply.kind === 'ask') throw new Error('a question came to a client that cannot ask');
      return reply;
    },
  };
}
