import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { cursor } from '../../../src/cli/clients/cursor.ts';
import { clients } from '../../../src/cli/clients/index.ts';
import { ownCommandLine } from '../../../src/cli/own-command.ts';
import { loadSettings, readSettings } from '../../../src/config/load.ts';
import { createHome } from '../../support/clients/home.ts';

vi.setConfig({ testTimeout: 120_000 }); // they start programs

interface Printed {
  clients: { hints: string[] }[];
  config?: { file: string; secretFiles: string[] };
}

const SECRET = 'k3y-that-must-not-appear';

describe('the configuration of init --client', () => {
  it('puts what is set of the optional settings in files too, for a client that passes on no variables', async () => {
    const home = createHome({ AWORK_API_KEY: SECRET, AWORK_BASE_URL: 'http://127.0.0.1:4600/awork' });
    const { stdout } = await home.init('--client', 'claude-desktop', '--write', '--json');
    const { config } = JSON.parse(stdout) as Printed;
    const values = ['from a file', 'http://127.0.0.1:4601/awork'];
    const written = config?.secretFiles.map((file, at) => writeFileSync(file, values[at] ?? '', { mode: 0o600 }));
    expect(written).toHaveLength(2);
    const [connection] = loadSettings({}, config?.file).connections;
    expect(connection?.settings).toMatchObject({ apiKey: values[0], baseUrl: values[1] });
  });

  it.each([['cursor'], ['claude-desktop'], [undefined]])('names the preset of a provider (%s)', async (client) => {
    const env = { OKTA_DOMAIN: 'acme.okta.com', OKTA_TOKEN: SECRET };
    const home = createHome(env);
    const { code } = await home.init('--provider', 'okta', ...(client ? ['--client', client, '--write'] : []));
    expect(code).toBe(0);
    const file = [join(home.project, 'mcp.config.json'), join(home.home, 'mcp.config.json')].find(existsSync) ?? '';
    for (const name of existsSync(`${file.slice(0, -5)}.secrets`) ? ['OKTA_DOMAIN', 'OKTA_TOKEN'] : []) {
      writeFileSync(`${file.slice(0, -5)}.secrets/${name}`, env[name as keyof typeof env], { mode: 0o600 });
    }
    const { connections } = await readSettings(env, file);
    expect(connections.map(({ name, settings }) => [name, settings['domain']])).toEqual([['okta', 'acme.okta.com']]);
    if (client) expect(home.read(clients.find(({ id }) => id === client) ?? cursor)).toContain('--config');
  });

  it('refuses a configuration that is there and does not name the preset', async () => {
    const home = createHome();
    writeFileSync(join(home.project, 'mcp.config.json'), '{}');
    const { code, stderr } = await home.init('--provider', 'zendesk', '--client', 'cursor', '--write');
    expect([code, stderr]).toEqual([2, expect.stringContaining('does not name preset:zendesk')]);
  });

  it('says so where no provider is connected', async () => {
    for (const id of ['claude-desktop', 'cursor']) {
      const { code, stdout } = await createHome().init('--client', id);
      expect([id, code, stdout]).toEqual([
        id,
        0,
        expect.stringMatching(/none is connected\.\s+Name them with --provider/),
      ]);
    }
  });

  it('says of a configuration that was there where its approvers are, and where its files are missing', async () => {
    const home = createHome();
    mkdirSync(join(home.project, 'conf'));
    const file = join(home.project, 'conf', 'own.json');
    writeFileSync(
      file,
      '{ "store": "s.db", "connections": { "a": { "provider": "awork", "apiKey": "${file:key}" } } }',
    );
    const { stdout } = await home.init('--client', 'zed', '--config', 'conf/own.json', '--json');
    const { config, clients: results } = JSON.parse(stdout) as Printed;
    expect(config?.secretFiles).toEqual([join(home.project, 'conf', 'key')]);
    expect(results[0]?.hints.join()).toContain(ownCommandLine('approver', 'add', 'NAME', '--config', file));
  });

  it.each(['{ "connections": ', '{ "a": 1, "a": 2 }', ''])('does not register the configuration %j', async (text) => {
    const home = createHome();
    writeFileSync(join(home.project, 'own.json'), text);
    const { code, stderr } = await home.init('--client', 'cursor', '--config', 'own.json', '--write');
    expect([code, stderr, readdirSync(home.home)]).toEqual([2, expect.stringContaining('own.json'), []]);
  });

  it('leaves no configuration without the folder of its secrets', async () => {
    const home = createHome({ AWORK_API_KEY: SECRET });
    writeFileSync(join(home.project, 'mcp.config.secrets'), '');
    const { code, stderr } = await home.init('--client', 'zed', '--write');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/mcp\.config\.secrets: no folder .*\(EEXIST\)/)]);
    expect(existsSync(join(home.project, 'mcp.config.json'))).toBe(false);
  });

  it.each(['', 'relative'])('refuses the home folder %j', async (HOME) => {
    const home = createHome({ HOME });
    const { code, stderr } = await home.init('--client', 'cursor', '--write');
    expect([code, stderr]).toEqual([2, expect.stringContaining('Set HOME')]);
    expect(readdirSync(home.project)).toEqual([]);
  });
});
