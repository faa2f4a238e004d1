import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { checkProviderFile } from '../../src/providers/declared/check.ts';
import { trapsIn } from '../../src/providers/declared/traps.ts';
import { startTestServer } from '../support/program/stdio-server.ts';
import { ROOT, readPage } from '../support/text/markdown.ts';
import { providerFileTables, undescribedKeys } from '../support/text/provider-file-tables.ts';

vi.setConfig({ testTimeout: 120_000 }); // it starts a program

const PAGE = 'docs/provider-files.md';

it(`${PAGE} has every key of the schema; update it with vitest --update`, async () => {
  const path = join(ROOT, PAGE);
  const generated = /(<!-- provider file: .*? -->\n).*?(<!-- \/provider file -->)/s;
  const page = readFileSync(path, 'utf8');
  expect(page).toMatch(generated);
  const updated = page.replace(generated, (_, begin, end) => `${begin}\n${providerFileTables()}\n\n${end}`);
  await expect(updated).toMatchFileSnapshot(path);
});

it('every key of a provider file has a description', () => {
  expect(undescribedKeys()).toEqual([]);
});

describe('the example', () => {
  const text = readPage(PAGE).blocks.find((block) => block.text.includes('"baseUrl"'))?.text ?? '';

  it('is a provider file without faults and traps', () => {
    const checked = checkProviderFile(JSON.parse(text));
    expect(checked).toMatchObject({ ok: true });
    expect(checked.ok && trapsIn(checked.file)).toEqual([]);
  });

  it('finds a user and updates her through the whole program, as the page says', async () => {
    const api = await startApi();
    const dir = mkdtempSync(join(tmpdir(), 'update-user-example-'));
    onTestFinished(() => rmSync(dir, { recursive: true }));
    const file = join(dir, 'acme.provider.json');
    writeFileSync(file, text);
    const env = { ACME_TENANT: 'our-company', ACME_TOKEN: 'a-token-of-acme', ACME_BASE_URL: api.url };
    const server = await startTestServer({ config: { providers: [file] }, env });
    const agent = await server.connect('v2-modern');

    const found = await agent.call('find_user', { query: 'jane@acme.example', providers: ['acme'] });
    expect(found.text).toContain('u_1001');
    const { is } = await agent.call('acme_update_user', { user_id: 'u_1001', set: { title: 'Staff Engineer' } });
    expect(is).toMatchObject({ outcome: 'updated', provider: 'acme' });
    expect(api.writes).toEqual([{ title: 'Staff Engineer', time_zone: 'Europe/Berlin' }]);
    const department = await agent.call('acme_update_user', {
      user_id: 'u_1001',
      set: { department: 'Support', custom: { badge: '7' } },
      clear: ['title'],
    });
    expect(department.is).toMatchObject({ outcome: 'updated' });
    expect(api.writes[1]).toEqual({
      title: null,
      job: { department: 'Support' },
      custom: { badge: '7' },
      time_zone: 'Europe/Berlin',
    });
    expect(api.record).toMatchObject({ job: { department: 'Support', floor: 3 }, custom: { shirt: 'L', badge: '7' } });
  });
});

interface Tree {
  [key: string]: unknown;
}

/** The API of the example, which merges objects and writes a default where the time zone is left out. */
async function startApi() {
  const record: Tree = {
    id: 'u_1001',
    name: 'Jane Doe',
    email: 'jane@acme.example',
    title: 'Engineer',
    time_zone: 'Europe/Berlin',
    active: true,
    job: { department: 'Sales', floor: 3 },
    custom: { shirt: 'L' },
    updated_at: '2026-01-01T00:00:00Z',
  };
  const writes: Tree[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const isSignedIn = request.headers.authorization === 'Bearer a-token-of-acme';
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
      const answer = (status: number, content: unknown) => {
        response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(content));
      };
      if (!isSignedIn) return answer(401, { error: { message: 'no token' } });
      if (pathname === '/v1/users') {
        const email = searchParams.get('email');
        return answer(200, { users: email === null || email === record['email'] ? [record] : [] });
      }
      if (pathname !== '/v1/users/u_1001') return answer(404, { error: { message: 'no such user' } });
      if (request.method === 'PATCH') {
        const change = JSON.parse(body) as Tree;
        writes.push(change);
        patch(record, { time_zone: 'America/New_York', ...change, updated_at: new Date().toISOString() });
      }
      return answer(200, record);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, record, writes };
}

/** RFC 7396. */
function patch(target: Tree, change: Tree): void {
  for (const [key, value] of Object.entries(change)) {
    const held = target[key];
    if (value === null) delete target[key];
    else if (isTree(value) && isTree(held)) patch(held, value);
    else target[key] = value;
  }
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
