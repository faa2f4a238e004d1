import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { checkArtifact, describeProgram, makeArtifacts } from './artifacts.ts';
import { toJson } from './folder.ts';
import { serverJson } from './server-json.ts';

/**
 * `npm run pack:all`: makes what hosts install in `out/`, and starts each as its host does. `dist` has to be built.
 * `out/server.json` is the top-level `server.json` with the bundle of the release.
 */
const root = process.cwd();
const out = join(root, 'out');
const work = mkdtempSync(join(tmpdir(), 'update-user-pack-'));
try {
  rmSync(out, { recursive: true, force: true });
  const facts = await describeProgram(root);
  const { artifacts, bundle } = await makeArtifacts({ root, out, work }, facts);
  for (const artifact of artifacts) await checkArtifact(artifact, facts);
  const released = { file: basename(bundle.file), sha256: bundle.sha256 };
  writeFileSync(join(out, 'server.json'), toJson(serverJson(facts.title, released)));
  const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', out];
  const tarball = execFileSync('npm', args, { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' });
  const made = [tarball.trim(), released.file, 'claude-plugin/', 'gemini-extension/', 'server.json'];
  process.stdout.write(made.map((name) => `${join(relative(root, out), name)}\n`).join(''));
} finally {
  rmSync(work, { recursive: true, force: true });
}
