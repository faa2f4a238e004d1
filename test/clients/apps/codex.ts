import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from './app.ts';

const text = JSON.stringify; // a JSON text or list of texts is TOML too

export const codex: App = {
  name: 'Codex',
  id: 'codex',
  bin: 'codex',
  oldestNode: 20,

  start({ write, server, model, prompt }) {
    const config = `
      model = "gpt-5"
      model_provider = "local"
      check_for_update_on_startup = false

      [analytics]
      enabled = false

      [features]
      apps = false
      plugins = false

      [model_providers.local]
      name = "local"
      base_url = ${text(`${model}/v1`)}
      wire_api = "responses"
      env_key = "LOCAL_KEY"

      [mcp_servers.update-user]
      command = ${text(server.command)}
      args = ${text(server.args)}
      default_tools_approval_mode = "approve"
      required = true

      [mcp_servers.update-user.env]
      ${Object.entries(server.env)
        .map(([name, value]) => `${name} = ${text(value)}`)
        .join('\n')}
    `;
    write('.codex/config.toml', config);
    return { args: ['exec', '--skip-git-repo-check', prompt], env: { LOCAL_KEY: 'unused' } };
  },

  trust({ home, project }) {
    appendFileSync(join(home, '.codex/config.toml'), `\n[projects.${text(project)}]\ntrust_level = "trusted"\n`);
  },

  /** Its `mcp list` starts no server; a conversation begun as editors begin it does. */
  async servers(run) {
    let servers: Status[] = [];
    let thread: string | undefined;
    await run(['app-server'], {
      talk(line, { send, stop }) {
        if (line === undefined) {
          return send({ id: 0, method: 'initialize', params: { clientInfo: { name: 'test', version: '1' } } });
        }
        const { id, result } = JSON.parse(line) as Answer;
        if (id === 0) send({ id: 1, method: 'thread/start', params: {} });
        if (id === 1) thread = result?.thread?.id;
        if (id === 2) servers = result?.data ?? [];
        // It answers while servers are still starting: then it is asked again.
        const isDone = id === 2 && servers.every(({ runtimeStatus }) => runtimeStatus !== 'starting');
        if (isDone) stop();
        else if (id === 1 || id === 2) send({ id: 2, method: 'mcpServerStatus/list', params: { threadId: thread } });
      },
    });
    return Object.fromEntries(servers.map((one) => [one.name, one.toolsError ?? one.runtimeStatus ?? 'unknown']));
  },
};

interface Answer {
  id?: number;
  result?: { thread?: { id: string }; data?: Status[] };
}

interface Status {
  name: string;
  runtimeStatus: string | null;
  toolsError: string | null;
}
