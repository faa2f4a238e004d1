import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { readSettings } from '../../src/config/load.ts';
import { PRESETS, presetId, readPreset } from '../../src/providers/presets/index.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'update-user-'));
  const made = folder;
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
});

function write(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

function read(config: object, env: Record<string, string> = {}) {
  return readSettings(
    { UPDATE_USER_STORE: 'memory', UPDATE_USER_LOG: 'silent', ...env },
    write('mcp.config.json', config),
  );
}

/** A preset under an id of its own. */
async function custom(more: object = {}): Promise<Record<string, unknown>> {
  return { ...(structuredClone(await readPreset('okta')) as object), id: 'acme', title: 'Acme', ...more };
}

const OKTA = { OKTA_DOMAIN: 'acme.okta.com', OKTA_TOKEN: 'tok-1' };

describe('presets', () => {
  it.each(PRESETS)('%s is a provider of a configuration that names it', async (name) => {
    const { providers } = await read({ providers: [`preset:${name}`] });
    expect(providers.at(-1)?.id).toBe(presetId(name));
  });

  it('none is known to a configuration that names none', async () => {
    const ids = (await read({})).providers.map(({ id }) => id);
    expect(ids.filter((id) => PRESETS.map(presetId).includes(id))).toEqual([]);
    expect((await read({}, OKTA)).connections).toEqual([]);
  });

  it.each(['preset:../../package', 'preset:okta.json', 'preset:', 'preset:__proto__', 'preset:constructor'])(
    '%s is looked up in the list, and is no path',
    async (name) => {
      await expect(read({ providers: [name] })).rejects.toThrow(
        /^providers\[0\]: there is no such preset; .*preset:okta.*line 1/,
      );
    },
  );
});

describe('connections', () => {
  it('come from the environment', async () => {
    const { connections } = await read({ providers: ['preset:okta'] }, OKTA);
    expect(connections.map(({ name, settings }) => [name, settings])).toEqual([
      ['okta', { domain: 'acme.okta.com', token: 'tok-1' }],
    ]);
  });

  it('come from the file, with addresses of the environment where they have none', async () => {
    const connections = {
      a: { provider: 'microsoft_graph', tenantId: 't', clientId: 'c', clientSecret: 's' },
      b: {
        provider: 'microsoft_graph',
        tenantId: 't',
        clientId: 'c',
        clientSecret: 's',
        tokenUrl: 'https://own.example',
      },
    };
    const env = { MICROSOFT_GRAPH_TOKEN_URL: 'http://127.0.0.1:1/t', MICROSOFT_GRAPH_BASE_URL: 'http://127.0.0.1:1' };
    const settings = await read({ providers: ['preset:microsoft-graph'], connections }, env);
    expect(settings.connections.map((one) => [one.name, one.settings['tokenUrl'], one.settings['baseUrl']])).toEqual([
      ['a', 'http://127.0.0.1:1/t', 'http://127.0.0.1:1'],
      ['b', 'https://own.example', 'http://127.0.0.1:1'],
    ]);
  });

  it.each([
    ['OKTA_DOMAIN', { ...OKTA, OKTA_DOMAIN: 'evil.example/x?' }],
    ['OKTA_DOMAIN', { ...OKTA, OKTA_DOMAIN: 'user@evil.example' }],
    ['OKTA_BASE_URL', { ...OKTA, OKTA_BASE_URL: 'http://evil.example' }],
    ['OKTA_TOKEN', { OKTA_DOMAIN: 'acme.okta.com' }],
    ['OKTA_TOKEN', { ...OKTA, OKTA_TOKEN: '${OKTA_TOKEN}' }],
    ['OKTA_TOKEN', { ...OKTA, OKTA_TOKEN: 'a\r\nHost: b' }],
  ])('a wrong %s is refused with its name', async (variable, env) => {
    await expect(read({ providers: ['preset:okta'] }, env)).rejects.toThrow(new RegExp(`^${variable}: `));
  });
});

describe('files', () => {
  it('paths are relative to the configuration', async () => {
    write('acme.provider.json', await custom());
    const { providers } = await read({ providers: ['./acme.provider.json', 'preset:zendesk'] });
    expect(providers.slice(-2).map(({ id }) => id)).toEqual(['acme', 'zendesk']);
  });

  it('every fault is named with pointer, line, column and file', async () => {
    const file = await custom({ probe: undefined, headers: { Host: 'x' } });
    const path = write('acme.provider.json', JSON.stringify(file, null, 2));
    const failure = await read({ providers: ['./acme.provider.json'] }).catch((error: Error) => error.message);
    expect(String(failure).split('\n')).toEqual([
      `/probe: is missing (line 1, column 1 of ${path})`,
      expect.stringMatching(
        /^\/headers\/Host: is a header that a file cannot set \(line \d+, column 13 of .*acme\.provider\.json\)$/,
      ),
    ]);
  });

  it.each([
    ['is not there', undefined, /cannot be read \(ENOENT\)/],
    ['is a folder', 'folder', /no regular file/],
    ['is too large', `"${'x'.repeat(256 * 1024)}"`, /larger than 256 KiB/],
    ['is no JSON', '{', /not valid JSON: .* \(line 1, column 2 of /],
    ['repeats a key', '{"id":"a","id":"b"}', /"id" appears twice.*\(line 1, column 11 of /],
    ['has __proto__', '{"__proto__":{}}', /"__proto__" cannot be a key/],
    ['is too deep', `${'['.repeat(70)}${']'.repeat(70)}`, /levels deep/],
    ['is no object', '[]', /expected an object/],
  ])('one that %s is refused', async (_, content, message) => {
    if (content !== undefined && content !== 'folder') write('acme.provider.json', content);
    const name = content === 'folder' ? '.' : './acme.provider.json';
    await expect(read({ providers: [name] })).rejects.toThrow(message);
  });

  it.each([
    ['of a built-in provider', { id: 'awork' }, /^\/id: "awork" is the id of a provider that ships/],
    ['of a preset', { id: 'microsoft_graph' }, /^\/id: "microsoft_graph" is the id/],
    ['whose variables are the program’s own', { id: 'update_user' }, /UPDATE_USER_TOKEN, which has another meaning/],
    ['whose variables are those of a built-in provider', { id: 'atlassian_scim' }, /ATLASSIAN_SCIM_TOKEN/],
    [
      'whose variables are those of a preset',
      {
        id: 'microsoft',
        baseUrl: 'https://acme.example',
        settings: { graphClientSecret: { kind: 'secret', description: 'A key' } },
        auth: { headers: { Authorization: 'Bearer {graphClientSecret}' } },
      },
      /MICROSOFT_GRAPH_CLIENT_SECRET, which has another meaning/,
    ],
    ['that is no id', { id: 'Acme' }, /^\/id: expected/],
  ])('an id %s is refused', async (_, more, message) => {
    write('acme.provider.json', await custom(more));
    await expect(read({ providers: ['./acme.provider.json'] })).rejects.toThrow(message);
  });

  it('two of one id, or of one variable, are refused', async () => {
    write('a.json', await custom());
    await expect(read({ providers: ['./a.json', './a.json'] })).rejects.toThrow(
      /providers\[1\]: has the id "acme" of providers\[0\]/,
    );
  });
});
