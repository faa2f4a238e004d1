import { type ChildProcess, spawn } from 'node:child_process';
import { PROGRAM } from '../program/stdio-server.ts';

/** The built program's `http` command in a process of its own. */
export interface HttpProgram {
  /** `http://127.0.0.1:PORT`, of the line it prints. */
  url: string;
  process: ChildProcess;
  stderr(): string;
  /** Resolves with the exit status. */
  exit: Promise<number | null>;
}

/**
 * Starts it, on a free port unless one is given, and waits for the line with the URL, or for its end. `onLog` gets
 * everything it wrote to stderr so far, whenever there is more.
 */
export async function startHttpProgram(
  env: Record<string, string>,
  args: string[] = [],
  onLog: (text: string, child: ChildProcess) => void = () => {},
): Promise<HttpProgram> {
  const anyPort = args.includes('--port') ? [] : ['--port', '0'];
  const child = spawn(process.execPath, [PROGRAM, 'http', ...anyPort, ...args], { env });
  let text = '';
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
  const url = await new Promise<string>((resolve) => {
    child.stderr.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      onLog(text, child);
      const found = /listening on (http:\/\/\S+)\/mcp/.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
    void exit.then(() => resolve(''));
  });
  return { url, process: child, stderr: () => text, exit };
}
