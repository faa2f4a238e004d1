import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, lstatSync, mkdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../support/sources/read.ts';
import { type Instruction, readStages, type Stage } from './dockerfile.ts';

/**
 * Does what the Dockerfile says, without a container runtime: each stage is a folder, what is copied is copied, what is run
 * is run there. Two things differ: `npm ci` takes the installed packages, because tests have no network, and the base
 * image is replaced by this machine's own programs when a container is started.
 */
export function buildImage(folder: string): { root: string; workdir: string } {
  const roots = new Map<string | undefined, string>();
  let built = { root: '', workdir: '/' };
  for (const [index, stage] of readStages().entries()) {
    const root = join(folder, `${index}`);
    mkdirSync(root);
    roots.set(stage.name, root);
    built = { root, workdir: build(stage, root, roots) };
  }
  return built;
}

/** Returns the last WORKDIR. */
function build({ instructions }: Stage, root: string, roots: ReadonlyMap<string | undefined, string>): string {
  let workdir = '/';
  for (const instruction of instructions) {
    if (instruction.name === 'WORKDIR') mkdirSync(join(root, (workdir = instruction.text)), { recursive: true });
    else if (instruction.name === 'COPY') copy(instruction, root, workdir, roots);
    else if (instruction.name === 'RUN') run(instruction, root, workdir);
  }
  return workdir;
}

function copy(
  { args, flags }: Instruction,
  root: string,
  workdir: string,
  roots: ReadonlyMap<string | undefined, string>,
): void {
  const from = flags['from'] === undefined ? ROOT : roots.get(flags['from']);
  const target = args.at(-1) ?? '';
  for (const source of args.slice(0, -1)) {
    const isInto = target.endsWith('/');
    const to = join(root, workdir, target, isInto ? (source.split('/').at(-1) ?? '') : '');
    cpSync(join(from ?? '', source), to, { recursive: true });
  }
}

function run({ text, args }: Instruction, root: string, workdir: string): void {
  const cwd = join(root, workdir);
  if (text.startsWith('npm ci ')) symlinkSync(join(ROOT, 'node_modules'), join(cwd, 'node_modules'));
  else if (args[0] === 'npm') execFileSync('npm', args.slice(1), { cwd, stdio: 'pipe' });
  else {
    // Any other command names paths of the image.
    const [program = '', ...words] = args.map((word) => (word.startsWith('/') ? join(root, word) : word));
    const last = words.at(-1) ?? '';
    if (last.startsWith(root)) mkdirSync(dirname(last), { recursive: true });
    execFileSync(program, words, { cwd, stdio: 'pipe' });
  }
}

/** The folders of this machine that stand for those of the base image, with the links between them. */
export function addBase(root: string): string[] {
  for (const folder of ['dev', 'proc', 'node']) mkdirSync(join(root, folder), { recursive: true });
  const mounts: string[] = [`mount --bind ${dirname(process.execPath)} ${join(root, 'node')}`];
  for (const folder of ['/usr', '/bin', '/lib', '/lib64'].filter((path) => existsSync(path))) {
    if (lstatSync(folder).isSymbolicLink()) symlinkSync(readlinkSync(folder), join(root, folder));
    else {
      mkdirSync(join(root, folder));
      mounts.push(`mount --bind ${folder} ${join(root, folder)}`);
    }
  }
  return mounts;
}
