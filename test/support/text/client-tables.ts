import type { Client, QuestionSupport } from '../../../src/cli/clients/client.ts';
import type { Place } from '../../../src/cli/clients/folders.ts';
import { clients } from '../../../src/cli/clients/index.ts';
import type { References } from '../../../src/cli/clients/references.ts';
import { RELEASES, TRIED_ON } from '../program/client-releases.ts';
import { code, table } from './table.ts';

/** The parts of docs/clients.md that are generated: every client of the registry. */
export function clientTables(): string {
  const releases: Record<string, { version: string } | undefined> = RELEASES;
  return [
    table(
      ['client', '`--client`', 'question', 'tried'],
      clients.map(({ id, title, docs, question }) => [
        `[${title}](${docs})`,
        code(id),
        QUESTIONS[question],
        releases[id] ? `${releases[id].version}, ${TRIED_ON}` : 'not run; from its documentation',
      ]),
    ),
    table(
      ['client', "the user's file", "the project's file", 'key', 'variable NAME, if it is optional'],
      clients.map((client) => [
        client.title,
        userFilesOf(client),
        client.projectFiles.map(code).join(' or ') || 'none',
        code(client.servers),
        referenceOf(client.references),
      ]),
    ),
  ].join('\n\n');
}

const QUESTIONS: Record<QuestionSupport, string> = {
  form: 'a form',
  page: 'a form; opens the approval page',
  none: 'none',
  unreliable: 'declares forms, but was reported not to show them',
  unknown: 'not known',
};

/** By default on Linux; elsewhere where it differs. Then the variable that moves it. */
function userFilesOf(client: Client): string {
  const variables = new Set<string>();
  const unset = new Proxy<NodeJS.ProcessEnv>({}, { get: (_, name) => void variables.add(String(name)) });
  const filesOn = (place: Place) => client.userFiles(place).map(code);
  const linux = filesOn({ platform: 'linux', home: '~', env: unset }).join(' or ');
  const mac = filesOn({ platform: 'darwin', home: '~', env: {} }).join(' or ');
  const windows = filesOn({ platform: 'win32', home: '~', env: { APPDATA: '%APPDATA%' } }).join(' or ');
  return [
    linux,
    ...(mac === linux ? [] : [`macOS ${mac}`]),
    ...(windows.replaceAll('\\', '/') === linux ? [] : [`Windows ${windows}`]),
    ...[...variables].map((name) => `moved by ${code(name)}`),
  ].join('; ');
}

function referenceOf(references: References): string {
  if (references.kind === 'none') return 'no reference';
  if (references.kind === 'names') return 'named in a list';
  const [required, optional] = [references.required('NAME'), references.optional('NAME')];
  return required === optional ? code(required) : `${code(required)}, ${code(optional)}`;
}
