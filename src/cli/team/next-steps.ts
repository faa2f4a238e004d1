import { ownCommand, ownCommandLine } from '../own-command.ts';
import type { Variables } from '../starter.ts';
import { PROGRAM } from './compose.ts';
import { FILES } from './files.ts';

/** What is left to do once the files are there, as lines for a person. The only place that shows the token. */
export function toNextSteps({
  folder,
  token,
  url,
  variables,
}: {
  folder: string;
  token: string;
  /** Where clients reach the server, with its path. */
  url: string;
  variables: Variables;
}): string[] {
  return [
    `Made in ${folder}: ${Object.values(FILES).join(', ')}.`,
    '',
    'The token of the team, shown only now:',
    '',
    `  ${token}`,
    '',
    ...toVariableStep(variables),
    '2. Start it; this returns once it can be used:',
    '     docker compose up --detach --wait',
    '3. Add an approver, who decides about leavers, access rights and passwords:',
    `     docker compose exec server node ${PROGRAM} approver add NAME`,
    '4. Register it with each client, with the token in UPDATE_USER_TOKEN:',
    `     ${ownCommandLine('init', '--client', 'claude-code', '--url', url, '--write')}`,
    '',
    `Keep a copy of ${FILES.key} apart from the database: without it undo and approvals stop working.`,
    ...toWarnings(),
  ];
}

function toVariableStep({ required, optional }: Variables): string[] {
  const [these, others] = required.length > 0 ? [required, optional] : [optional, []];
  return [
    `1. Write ${required.length > 0 ? 'these variables' : 'the variables of your providers'} into .env (chmod 600), or export them:`,
    ...these.map((name) => `     ${name}=`),
    ...(others.length > 0 ? [`   Optional: ${others.join(', ')}`] : []),
  ];
}

function toWarnings(): string[] {
  const isRoot = process.geteuid?.() === 0;
  return [
    ...(isRoot
      ? ['You are root, and so is the server in its container, without capabilities. Better: make it as another user.']
      : []),
    ...(ownCommand().command === 'npx'
      ? [
          'The container runs the program from the cache of npx. Better: npm install --global update-user-mcp, and make it again.',
        ]
      : []),
  ];
}
