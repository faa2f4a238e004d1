import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '../../sandbox/index.ts';
import { readOptions } from '../options.ts';
import { type Person, startAgent } from './agent.ts';
import { openStage } from './output.ts';
import { acts } from './steps.ts';

const HELP = `Usage: update-user-mcp demo
Sandbox, server and a real MCP client, start to end: find a person, update her at five vendors, review, undo.
Exits 1 when anything is not as it should be.`;

export async function run(args: string[]): Promise<number> {
  if (!readOptions(args, HELP, {})) return 0;
  const started = Date.now();
  const stage = openStage();
  const sandbox = await startSandbox();
  const folder = mkdtempSync(join(tmpdir(), 'update-user-demo-'));
  const store = join(folder, 'changes.db');
  const env = { PATH: process.env['PATH'] ?? '', ...sandbox.env, UPDATE_USER_STORE: store, UPDATE_USER_LOG: 'error' };

  let person: Person = () => 'yes';
  const agent = await startAgent(env, (question) => {
    const answer = person(question);
    const typed = typeof answer === 'object' ? answer.typed : question.typed;
    stage.question(question.message, answer === 'no' ? 'no' : typed === undefined ? 'yes' : `yes, and typed ${typed}`);
    return answer;
  });
  const mute = await startAgent(env);
  try {
    await acts({
      stage,
      sandbox,
      call: async (tool, input, answer = () => 'yes') => {
        person = answer;
        stage.call(tool, input);
        return await agent.call(tool, input);
      },
      callMute: async (tool, input) => {
        stage.call(tool, input);
        return await mute.call(tool, input);
      },
      storeBytes: () => readFileSync(store),
    });
  } finally {
    await Promise.all([agent.close(), mute.close()]);
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  const failed = stage.failures();
  process.stdout.write(`\n${stage.checks() - failed} of ${stage.checks()} expectations held, in ${seconds} s.\n`);
  return failed === 0 ? 0 : 1;
}
