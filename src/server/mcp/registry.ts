import type { App } from '../../app.ts';
import type { Tool } from './tool.ts';
import { defineFindUserTool } from './tools/find-user.ts';
import { defineListChangesTool } from './tools/list-changes.ts';
import { defineUndoChangeTool } from './tools/undo-change.ts';
import { defineUpdateUserTool } from './tools/update-user.ts';
import { defineUpdateUsersTool } from './tools/update-users.ts';

/** The tools of this configuration: an update tool per connected provider, in registry order, then those for all providers. */
export function defineTools(app: App): Tool[] {
  const { providers, connections } = app.settings;
  if (connections.length === 0) return [];
  const updates = providers.flatMap((provider) => {
    const [first, ...others] = connections.filter((connection) => connection.provider.id === provider.id);
    return first ? [defineUpdateUserTool(provider, [first, ...others], app)] : [];
  });
  return [
    ...updates,
    defineUpdateUsersTool(app),
    defineFindUserTool(app),
    defineListChangesTool(app),
    defineUndoChangeTool(app),
  ];
}

/** The server's instructions for the model. Below 2,048 characters: some clients cut off longer texts. */
export function instructionsFor({ settings }: App): string {
  const { providers, connections } = settings;
  if (connections.length === 0) {
    const ways = providers.map(({ title, signIn, env }) => {
      return `${title}: ${signIn.map(({ needs }) => needs.map((key) => env[key]).join(' + ')).join(', or ')}`;
    });
    return [
      'No provider is connected, so there are no tools. Tell the person to set the environment variables of one of these',
      'in the MCP client’s configuration of this server, or to name a configuration file in UPDATE_USER_CONFIG, and to restart it.',
      ...ways,
    ].join('\n');
  }
  return [
    'Changes people’s records at the connected services. For more than one record use update_users: one question instead of many.',
    'Start with find_user when you have no user_id.',
    'Give the vendor’s own field names in `set`, and fields to empty in `clear`; leave out everything you do not want to change.',
    'Before a change a person may be asked, with the old and the new values. When they refuse, do not try again or another way.',
    'Values you did not send yourself come back masked; that is intended.',
    '`dry_run: true` shows what would happen; list_changes shows what was done, undo_change takes it back. When an outcome is `unverified`, look at the record before you do anything else.',
  ].join(' ');
}
