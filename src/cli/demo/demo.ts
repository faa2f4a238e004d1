import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, isAbsolute, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { startSandbox, vendors } from '../../sandbox/index.ts';
import { hasDriver } from '../../store/sqlite/driver.ts';
import { print } from '../output.ts';
import { ownCommandLine } from '../own-command.ts';
import { type DemoAnswer, startAgent } from './agent.ts';
import { createOutput, type DemoOutput } from './output.ts';
import { playScenes } from './scenes.ts';

const INTRODUCTION = `An AI agent, here a real MCP client, changes the records of Jane Doe at
${vendors.length} vendors. All of them run in a sandbox on this computer: you need no account,
and nothing leaves the machine. A box shows what the person in charge is asked,
an arrow what the agent gets back.`;

const nextSteps = () => `To use it yourself, register the server with your MCP client:
  ${ownCommandLine('init')}
To try these vendors with your own client first:
  ${ownCommandLine('sandbox')}`;

const IN_MEMORY = `
Node ${process.version} has no SQLite that a store in a file needs, so the audit log of
this demo is kept in memory.`;

export async function run(): Promise<number> {
  const started = Date.now();
  const output = createOutput();
  const sandbox = await startSandbox();
  const folder = mkdtempSync(join(tmpdir(), 'update-user-demo-'));
  const file = (await hasDriver()) ? join(folder, 'changes.db') : undefined;
  const store = file ?? 'memory';
  const env = { PATH: process.env['PATH'] ?? '', ...sandbox.env, UPDATE_USER_STORE: store, UPDATE_USER_LOG: 'error' };

  let next: DemoAnswer = 'yes';
  const agent = await startAgent(env, ({ message, nameToType }) => {
    const answer = next;
    const typed = typeof answer === 'object' ? answer.typed : nameToType;
    output.question(message, answer === 'no' ? 'no' : typed === undefined ? 'yes' : `yes, and types ${typed}`);
    return answer;
  });
  const agentWithoutQuestions = await startAgent(env);
  print(INTRODUCTION);
  if (file === undefined) print(IN_MEMORY);
  try {
    await playScenes({
      output,
      sandbox,
      call: async (tool, input, answer = 'yes') => {
        next = answer;
        output.call(tool, input);
        return await agent.call(tool, input);
      },
      callWithoutQuestions: async (tool, input) => {
        output.call(tool, input);
        return await agentWithoutQuestions.call(tool, input);
      },
      command: async (args) => await runCommand(args, env, output),
      folder,
      ...(file !== undefined && { storeBytes: () => readFileSync(file) }),
    });
  } finally {
    await Promise.all([agent.close(), agentWithoutQuestions.close()]);
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const { passed, failed } = output.counts();
  print(`\n${passed} of ${passed + failed} checks passed in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
  if (failed === 0) print(`\n${nextSteps()}`);
  return failed === 0 ? 0 : 1;
}

/** A command in a process of its own, as a person at a terminal starts it; without a terminal it asks nothing. */
async function runCommand(args: readonly string[], env: Record<string, string>, output: DemoOutput) {
  output.command(args.map((arg) => (isAbsolute(arg) ? basename(arg) : arg)));
  const child = spawn(process.execPath, [process.argv[1] ?? '', ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [printed, notes] = await Promise.all([text(child.stdout), text(child.stderr)]);
  for (const line of notes.trim().split('\n')) if (line !== '') output.say(line);
  const code = child.exitCode ?? ((await once(child, 'close')) as [number])[0];
  return { code, printed };
}
