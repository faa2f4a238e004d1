import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';

/**
 * Sits between a client and the server on stdio and writes each line to a log, with the time and the side that sent
 * it: `node wiretap.mjs LOG PROGRAM [ARGUMENT]...`. It changes nothing on the way.
 */
const [log, program, ...args] = process.argv.slice(2);
const server = spawn(process.execPath, [program, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });

connect('client', process.stdin, server.stdin);
connect('server', server.stdout, process.stdout);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill(signal));
server.on('exit', (code) => process.exit(code ?? 1));

function connect(from, source, target) {
  let rest = '';
  source.setEncoding('utf8').on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const line of lines) appendFileSync(log, `${JSON.stringify({ at: Date.now(), from, line })}\n`);
    target.write(chunk);
  });
  source.on('end', () => target.end());
  target.on('error', () => server.kill());
}
