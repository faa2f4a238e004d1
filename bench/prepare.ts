import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * Builds the product as `npm run build` does, but into a folder of the benchmark: a build made next door while this runs
 * would swap what is measured.
 */
export async function buildProduct(root: string, outdir: string): Promise<string> {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { build: string } };
  const command = scripts.build.replace('--dir dist', `--dir ${outdir}`);
  if (command === scripts.build) throw new Error('the build script of package.json has no --dir dist any more');
  rmSync(join(root, outdir), { recursive: true, force: true });
  const PATH = `${join(root, 'node_modules', '.bin')}:${process.env['PATH'] ?? ''}`;
  await promisify(execFile)('sh', ['-c', command], { cwd: root, env: { ...process.env, PATH } });
  return join(root, outdir, 'main.js');
}
