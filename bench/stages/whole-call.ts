import { PassThrough } from 'node:stream';
import type { App } from '../../src/app.ts';
import { runStdio, type StdioStreams } from '../../src/server/stdio.ts';

/** The line of a call that sets one field. */
export function lineOf(id: number, userId: string, nth: number): string {
  const params = { name: 'awork_update_user', arguments: { user_id: userId, set: { position: `Engineer ${nth}` } } };
  return `${JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params })}\n`;
}

/** The product's own server over streams in memory: everything that a call takes but the pipes. */
export async function startWholeCalls(app: App): Promise<(nth: number) => Promise<void>> {
  const input = new PassThrough();
  const output = new PassThrough();
  let respond: (line: string) => void = () => {};
  let held = '';
  output.setEncoding('utf8').on('data', (text: string) => {
    held += text;
    if (!held.endsWith('\n')) return;
    respond(held);
    held = '';
  });
  void runStdio(app, { input, output } as unknown as StdioStreams);
  const send = (line: string) =>
    new Promise<string>((resolve) => {
      respond = resolve;
      input.write(line);
    });

  const clientInfo = { name: 'bench', version: '1.0' };
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo };
  await send(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params })}\n`);
  input.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
  let id = 2;
  return async (nth) => {
    const response = await send(lineOf(id++, 'person-of-whole-calls', nth));
    if (!response.includes('"outcome":"updated"')) throw new Error(`a whole call: ${response.slice(0, 300)}`);
  };
}
