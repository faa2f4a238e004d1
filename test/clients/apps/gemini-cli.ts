import { type App, readStates, writerIn } from './app.ts';

export const geminiCli: App = {
  name: 'Gemini CLI',
  id: 'gemini',
  bin: 'gemini',
  oldestNode: 20,
  // It offers this property with every tool, and takes it out again before it calls.
  extra: { wait_for_previous: true },

  start({ write, server, model, prompt }) {
    write('.gemini/settings.json', {
      mcpServers: { 'update-user': server },
      security: { auth: { selectedType: 'gemini-api-key' } },
      general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
      privacy: { usageStatisticsEnabled: false },
    });
    return {
      args: ['-m', 'gemini-2.5-pro', '--skip-trust', '--approval-mode', 'yolo', '-p', prompt],
      env: { GEMINI_API_KEY: 'unused', GOOGLE_GEMINI_BASE_URL: model },
    };
  },

  trust: ({ home, project }) => writerIn(home)('.gemini/trustedFolders.json', { [project]: 'TRUST_FOLDER' }),

  async servers(run) {
    const { output } = await run(['mcp', 'list']);
    return readStates(output, /^\S (?<name>\S+)(?: \(from \S+\))?: .* - (?<state>.+)$/gm);
  },

  bundle: {
    folder: 'gemini-extension',
    // Or it asks whether to trust the folder that it installs from, whatever `--consent` says.
    env: { GEMINI_CLI_TRUST_WORKSPACE: 'true' },
    commands: (path) => [
      ['extensions', 'validate', path],
      ['extensions', 'install', path, '--consent', '--skip-settings'],
    ],
    server: 'update-user',
  },
};
