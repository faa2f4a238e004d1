import { expect, it, vi } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { callMessage, connectRawStdio, helloMessage, INITIALIZED, YES } from '../../support/json-rpc/stdio.ts';
import { startStdioServer } from '../../support/program/stdio-server.ts';

vi.setConfig({ testTimeout: 60_000 }); // they start programs

it('a person is asked although the call was sent in one write with initialize', async () => {
  const server = await startStdioServer({});
  const wire = await connectRawStdio(server.env, { era: '2026' }); // sends no initialize of its own
  try {
    const change = JSON.stringify({ user_id: idOf('awork', 'jane'), set: { position: 'Chief Engineer' } });
    const call = callMessage('call', 'awork_update_user', change, {}, { era: '2025' });
    wire.sendText(`${JSON.stringify(helloMessage('hasty', true))}\n${JSON.stringify(INITIALIZED)}\n${call}\n`);
    const question = await wire.answerOrRequest('call');
    expect(question).toMatchObject({ method: 'elicitation/create' });
    wire.send({ jsonrpc: '2.0', id: question.id, result: YES });
    expect(await wire.answerTo('call')).toHaveProperty('result');
  } finally {
    await wire.close();
    await server.stop();
  }
});
