import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { checkBudgets } from './budgets.ts';
import { renderMarkdown } from './markdown.ts';
import { measureAll, PARTS, type Part, type Run, type RunOptions } from './measure.ts';
import { removeScratch } from './subjects/servers.ts';
import { startVendor } from './subjects/vendor-process.ts';
import { renderBudgets, renderRows } from './table.ts';

const HELP = `Usage: npm run bench -- [--quick] [--only PART,…] [--runs N] [--json | --markdown] [--program MAIN.JS] [--against MAIN.JS]
Parts: startup, install, calls, latency, http, sessions, tokens, stages, history, audit, connections, sizes,
many, many-memory.
--quick takes fewer samples and skips the peers. --runs repeats everything and shows the lowest and the highest ratio.
--program measures another build instead of a new one; --against measures a second build beside it.`;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    runs: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
    program: { type: 'string' },
    against: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout.write(`${HELP}\n`);
} else {
  await main();
}
process.exit();

async function main(): Promise<void> {
  const root = resolve(import.meta.dirname, '..', '..', '..');
  const only = values.only?.split(',') ?? PARTS;
  const unknown = only.filter((part) => !(PARTS as readonly string[]).includes(part));
  if (unknown.length > 0) throw new Error(`unknown part: ${unknown.join(', ')}\n${HELP}`);
  const count = Number(values.runs);
  if (!Number.isInteger(count) || count < 1) throw new Error(`--runs takes a number from 1\n${HELP}`);
  const program = values.program ? resolve(values.program) : await buildProduct(root, 'bench/.run/dist');
  const isForPeople = !values.json && !values.markdown;
  const options: RunOptions = {
    root,
    only: new Set(only as Part[]),
    quick: values.quick,
    against: values.against,
    onPart: (rows) => isForPeople && process.stdout.write(`\n${renderRows(rows)}\n\n`),
  };
  const began = performance.now();
  const runs: Run[] = [];
  for (let nth = 1; nth <= count; nth++) {
    if (count > 1) process.stderr.write(`bench: run ${nth} of ${count}\n`);
    runs.push(await runOnce(program, options));
  }
  const seconds = Math.round((performance.now() - began) / 1000);
  const machine = `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'CPU'}, ${process.platform}`;
  const rows = runs.map((run) => run.rows);
  const missing = [...new Set(runs.flatMap((run) => run.missing))];
  const budgets = checkBudgets(rows);
  const footer = `${machine}; ${count} ${count === 1 ? 'run' : 'runs'}, ${seconds} s`;
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ machine, seconds, missing, runs: rows, budgets }, null, 2)}\n`);
  } else if (values.markdown) {
    process.stdout.write(`${renderMarkdown(rows, budgets, [...missing, footer])}\n`);
  } else {
    process.stdout.write(`\n${[renderBudgets(budgets), ...missing, footer].join('\n\n')}\n`);
  }
}

/** One run with a vendor and a folder of its own: nothing of an earlier run is left. */
async function runOnce(program: string, options: RunOptions): Promise<Run> {
  const folder = join(options.root, 'bench', '.run');
  mkdirSync(folder, { recursive: true });
  const scratch = mkdtempSync(join(folder, 'scratch-'));
  const built = import.meta.dirname;
  const vendor = await startVendor(built);
  try {
    return await measureAll({ built, program, scratch, vendorUrl: vendor.url }, vendor, options);
  } finally {
    vendor.stop();
    removeScratch(scratch);
  }
}

/** Builds the product as `npm run build` does, into a folder of its own: a build during the run must not replace it. */
async function buildProduct(root: string, outdir: string): Promise<string> {
  rmSync(join(root, outdir), { recursive: true, force: true });
  const args = ['scripts/build.mjs', '.rolldown.config.mjs', '--dir', outdir];
  await promisify(execFile)(process.execPath, args, { cwd: root });
  return join(root, outdir, 'main.js');
}
