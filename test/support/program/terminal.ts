import { spawn } from 'node:child_process';
import { callProgram } from './call-program.ts';
import { PROGRAM } from './stdio-server.ts';

/** The built program at a pseudo-terminal, driven by expecting a text and typing an answer. */

export interface TerminalRun {
  code: number;
  /** Everything the terminal showed, echo included. */
  screen: string;
}

/** Waits for each text in turn and types the answer to it. */
export function runAtTerminal(
  env: Record<string, string>,
  args: string[],
  dialogue: [string, string][],
): Promise<TerminalRun> {
  const order = JSON.stringify({ argv: [process.execPath, PROGRAM, ...args], dialogue });
  const python = spawn('python3', ['-IS', '-c', DRIVER, order], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    let output = '';
    python.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    python.once('error', reject);
    python.once('close', () => {
      try {
        resolve(JSON.parse(output) as TerminalRun);
      } catch {
        reject(new Error(`the terminal driver printed: ${output}`));
      }
    });
  });
}

const DRIVER = `
import json, os, pty, select, sys, time
order = json.loads(sys.argv[1])
pid, fd = pty.fork()
if pid == 0:
    os.execvp(order['argv'][0], order['argv'])
screen, seen, deadline = '', 0, time.time() + 100
steps = list(order['dialogue'])
raw = b''
while time.time() < deadline:
    if steps and steps[0][0] in screen[seen:]:
        seen += screen[seen:].index(steps[0][0]) + len(steps[0][0])
        os.write(fd, (steps.pop(0)[1] + '\\r').encode())
    ready, _, _ = select.select([fd], [], [], 0.05)
    if ready:
        try:
            chunk = os.read(fd, 65536)
        except OSError:
            break
        if not chunk:
            break
        raw += chunk
        screen = raw.decode('utf-8', 'replace')
else:
    os.kill(pid, 9)
_, status = os.waitpid(pid, 0)
print(json.dumps({'code': os.waitstatus_to_exitcode(status), 'screen': screen}))
`;

/** What `runPiped` does, in this process: see `callProgram`. */
export async function callPiped(
  env: Record<string, string>,
  args: readonly string[],
  input = '',
): Promise<TerminalRun & { errors: string }> {
  const { code, stdout, stderr } = await callProgram(args, env, input);
  return { code, screen: stdout, errors: stderr };
}

/** Without a terminal: `input` goes to stdin. */
export function runPiped(
  env: Record<string, string>,
  args: string[],
  input = '',
): Promise<TerminalRun & { errors: string }> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { env });
  let [screen, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (screen += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  child.stdin.on('error', () => {}); // it may end without reading
  child.stdin.end(input);
  return new Promise((resolve) => child.once('close', (code) => resolve({ code: code ?? -1, screen, errors })));
}
