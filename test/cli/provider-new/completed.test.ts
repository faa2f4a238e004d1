import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { JsonObject } from '../../../src/lib/json/json-value.ts';
import { checkProviderFile } from '../../../src/providers/declared/check.ts';
import { openPlaces } from '../../../src/providers/declared/open-places.ts';
import { trapsIn } from '../../../src/providers/declared/traps.ts';
import { type Decisions, decide } from '../../support/openapi/decide.ts';
import { atomicworkDescription, starterOf } from '../../support/openapi/starters.ts';
import { startTestServer } from '../../support/program/stdio-server.ts';

vi.setConfig({ testTimeout: 120_000 }); // they start programs

const PROBE = { path: '/api/v1/users/list', query: { page: '1', per_page: '1' }, shows: 'list', rights: 'reads users' };

/** What the vendor's documents say beside the description, and what its administrator decides. */
const DECISIONS: Decisions = [
  [/^\/docs$/, 'https://developer-test.atomicwork.com/api-reference'],
  [/^\/write\/encoding$/, 'merge'],
  [/^\/write\/carry$/, undefined],
  [/^\/write\/echo\//, {}],
  [/^\/probe$/, PROBE],
  [/\/clear$/, undefined],
  [/^\/fields\/(?:has_reporters|joined_on)\/sensitivity$/, 'public'],
  [/^\/(?:fields|openFields)\/(?:has_reporters|joined_on|custom_fields|external_app_type)\/effect$/, 'ordinary'],
  [/^\/fields\/external_app_type\/sensitivity$/, 'public'],
];

it('a starter file is refused at every open place, and only there', () => {
  const { file } = starterOf(atomicworkDescription());
  const checked = checkProviderFile(file);
  const pointers = checked.ok ? [] : checked.faults.map(({ pointer }) => pointer);
  expect(new Set(pointers)).toEqual(new Set(openPlaces(file).map(({ path }) => `/${path.join('/')}`)));
});

it.each(['/write/encoding', '/fields/title/sensitivity', '/fields/title/effect', '/write/echo/timezone'])(
  'one open place is enough: %s',
  (place) => {
    const decisions: Decisions = [[new RegExp(`^${place}$`), '?'], ...DECISIONS];
    const checked = checkProviderFile(decide(starterOf(atomicworkDescription()).file, decisions));
    expect(checked).toMatchObject({ ok: false, faults: [{ pointer: place, message: /^is still open: / }] });
  },
);

it('where a person decides that omitted fields are kept, both defaults stay traps', () => {
  const checked = checkProviderFile(
    decide(starterOf(atomicworkDescription()).file, [[/^\/write\/echo\//, undefined], ...DECISIONS]),
  );
  const traps = checked.ok ? trapsIn(checked.file).map(({ pointer }) => pointer) : [];
  expect(traps).toEqual(['/fields/timezone/default', '/fields/has_reporters/default']);
});

it('a completed file updates a user through the whole program, and sends both defaults as they were read', async () => {
  const file = decide(starterOf(atomicworkDescription()).file, DECISIONS);
  expect(checkProviderFile(file)).toMatchObject({ ok: true });

  const server = await startTestServer({ config: { providers: [write(file)] } });
  for (const name of Object.keys(server.env)) {
    const [, setting] = /^ATOMICWORK_(.*)$/.exec(name) ?? [];
    if (setting !== undefined) server.env[`MY_ATOMICWORK_${setting}`] = server.env[name] ?? '';
  }
  server.env['MY_ATOMICWORK_TENANT'] ??= 'acme';
  const agent = await server.connect('v2-modern');
  const { atomicwork } = server.sandbox.vendors;
  const [id = '', before = {}] = [...atomicwork.users][0] ?? [];
  const held = { ...before };

  const { is } = await agent.call('my_atomicwork_update_user', { user_id: id, set: { title: 'Staff Engineer' } });
  expect(is).toMatchObject({ outcome: 'updated', provider: 'my_atomicwork' });
  const writes = atomicwork.requests.filter(({ method }) => method === 'PUT');
  expect(writes.map(({ body }) => body)).toEqual([
    { title: 'Staff Engineer', timezone: held['timezone'], has_reporters: held['has_reporters'] },
  ]);
});

function write(file: JsonObject): string {
  const dir = mkdtempSync(join(tmpdir(), 'update-user-provider-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const path = join(dir, 'acme.provider.json');
  writeFileSync(path, JSON.stringify(file));
  return path;
}
