import type { App } from './app.ts';

const text = JSON.stringify; // a JSON text or list of texts is TOML too

export const codex: App = {
  name: 'Codex',
  package: '@openai/codex',
  bin: 'codex',

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

      [mcp_servers.update-user.env]
      ${Object.entries(server.env)
        .map(([name, value]) => `${name} = ${text(value)}`)
        .join('\n')}
    `;
    write('.codex/config.toml', config);
    return { args: ['exec', '--skip-git-repo-check', prompt], env: { LOCAL_KEY: 'unused' } };
  },
};
