import { apply } from './apply.ts';
import { approvals, approve, approver, reject } from './approving.ts';
import { changes, undo } from './audit.ts';
import { type Action, type Command, isGroup } from './command.ts';
import { policy } from './policy.ts';
import { provider } from './provider.ts';
import { demo, healthcheck, http, sandbox, stdio } from './serving.ts';
import { config, doctor, init } from './setting-up.ts';

/** Every command, by the headings of the list in help. */
export const COMMANDS_BY_TOPIC: Readonly<Record<string, readonly Command[]>> = {
  'Set up': [init, provider, config, doctor],
  Serve: [stdio, http, healthcheck],
  'Many at once': [apply],
  Policy: [policy],
  'Try it': [demo, sandbox],
  'Audit log': [changes, undo],
  Approvals: [approvals, approve, reject, approver],
};

export const COMMANDS: readonly Command[] = Object.values(COMMANDS_BY_TOPIC).flat();

/** Every command that runs, with its name as it is typed. */
export function actions(): { path: string; action: Action }[] {
  return COMMANDS.flatMap((command) =>
    isGroup(command)
      ? command.subcommands.map((action) => ({ path: `${command.name} ${action.name}`, action }))
      : [{ path: command.name, action: command }],
  );
}
