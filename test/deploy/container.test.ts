import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { freePort } from '../support/http/free-port.ts';
import { ROOT } from '../support/sources/read.ts';
import { startContainer } from './container.ts';
import { finalStage, last } from './dockerfile.ts';
import { buildImage } from './image.ts';

/** The image does its work with nothing but what the Dockerfile puts into it. Namespaces need root. */

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 }); // they build and start programs

const asRoot = it.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0);
const CONFIG_FOLDER = '/etc/update-user-mcp';
const STATE_FOLDER = '/var/lib/update-user-mcp';

let dir: string;
let root: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'update-user-image-'));
  chmodSync(dir, 0o755);
  if (process.getuid?.() === 0) ({ root } = buildImage(dir));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A copy of the image with a configuration, as a read-only mount would bring it. */
function withConfig(config: unknown): string {
  const copy = mkdtempSync(join(dir, 'container-'));
  chmodSync(copy, 0o755);
  cpSync(root, copy, { recursive: true, preserveTimestamps: true });
  mkdirSync(join(copy, CONFIG_FOLDER), { recursive: true });
  writeFileSync(join(copy, CONFIG_FOLDER, 'mcp.config.json'), JSON.stringify(config));
  return copy;
}

/** The image's Node has SQLite built in. That of this machine may be older, and needs the driver of its own. */
const driverForNode20: Record<string, string> = process.getBuiltinModule('node:sqlite')
  ? {}
  : { '/app/node_modules': join(ROOT, 'node_modules') };

const tokens = [
  { name: 'one', sha256: createHash('sha256').update('token-one').digest('hex'), scopes: ['users:read'] },
];

asRoot('it holds the program, the licences, and nothing that has to be installed', () => {
  expect(readdirSync(join(root, 'app')).toSorted()).toEqual(['LICENSE', 'dist', 'package.json']);
  expect(readdirSync(join(root, 'app/dist'))).toEqual(expect.arrayContaining(['main.js', 'THIRD-PARTY-NOTICES.txt']));
});

asRoot.each([
  ['with SQLite on a volume', {}],
  ['without a volume', { store: 'memory' }],
])('it serves from a read-only file system %s, is healthy, and ends on SIGTERM', async (_, more) => {
  const port = await freePort();
  const copy = withConfig({ http: { auth: { tokens } }, ...more });
  const volume = mkdtempSync(join(dir, 'volume-'));
  const [uid, gid] = last(finalStage(), 'USER').text.split(':').map(Number) as [number, number];
  chownSync(volume, uid, gid);
  const hasVolume = !('store' in more);
  const volumes = hasVolume ? { [STATE_FOLDER]: volume, ...driverForNode20 } : {};
  const container = await startContainer(copy, ['--port', `${port}`], volumes);
  onTestFinished(() => container.kill());
  expect(container.log()).toContain(`listening on http://0.0.0.0:${port}/mcp`);

  const status = readFileSync(`/proc/${container.pid}/status`, 'utf8');
  expect(status).toMatch(new RegExp(`^Uid:\\s+${uid}\\s+${uid}`, 'm'));
  expect(status).toMatch(/^NSpid:\s+\d+\s+1$/m);
  expect(await container.checkHealth('--port', `${port}`)).toMatchObject({ code: 0, stderr: '' });
  expect((await fetch(`http://127.0.0.1:${port}/mcp`, { method: 'POST' })).status).toBe(401);

  expect(await container.stop()).toBe(0);
  expect(container.log()).not.toContain('"level":50');
  expect(readdirSync(volume)).toEqual(hasVolume ? expect.arrayContaining(['changes.db', 'changes.db.key']) : []);
});

asRoot('without a place for its store it does not start, and says so', async () => {
  const container = await startContainer(withConfig({ http: { auth: { tokens } } }), ['--port', `${await freePort()}`]);
  onTestFinished(() => container.kill());
  expect(container.log()).toMatch(/UPDATE_USER_STORE: .*\/var\/lib\/update-user-mcp/);
  expect(container.log().trim().split('\n')).toHaveLength(1);
});
