import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { toShellWord } from '../../lib/text/shell-word.ts';
import { canAsk, questionText } from '../clients/question.ts';
import { wrap } from '../table.ts';
import type { RegisteredConfig } from './config-file.ts';
import type { Registration, Registrations } from './register.ts';
import { TOKEN_VARIABLE } from './server.ts';

/** What `init --client` says. */

const WIDTH = 80;

/** Lines for a person, and those about files that could not be changed. */
export function toText(
  registrations: Registrations,
  { write }: { write: boolean },
): { text: string; problems: string[] } {
  const { results, config } = registrations;
  const [done, failed] = [results.filter(isFine), results.filter((one) => !isFine(one))];
  const isPending = results.some(({ outcome }) => outcome === 'would_add');
  const blocks = [
    ...done.map((one) => toBlock(one, config)),
    ...(config && done.length > 0 ? [configLines(registrations, write)] : []),
    variableLines(done),
    ...(isPending ? [['Nothing was changed yet. To do it, add --write.']] : []),
  ].filter((lines) => lines.length > 0);
  return {
    text: blocks.map((lines) => lines.join('\n')).join('\n\n'),
    problems: failed.map(
      ({ client, file, problem }) => `${client.title}: ${file} ${problem}. Nothing was changed in it.`,
    ),
  };
}

/** The same for scripts. */
export function toJson({ results, config }: Registrations, { name, write }: { name: string; write: boolean }): object {
  const outcome = config?.text === undefined ? 'existing' : write && namesConfig(results) ? 'written' : 'would_write';
  const { required, optional } = variablesOf(results);
  return {
    clients: results.map((one) => ({
      client: one.client.id,
      title: one.client.title,
      file: one.file,
      scope: one.scope,
      name,
      outcome: one.outcome,
      ...(one.problem !== undefined && { message: one.problem }),
      entry: one.entry,
      asks: canAsk(one.client),
      hints: hintsOf(one, config),
    })),
    ...(config && { config: { file: config.path, outcome, secretFiles: config.secretFiles } }),
    variables: [...required, ...optional],
    optional,
  };
}

/** Whether the client has the entry now, or would have it. */
export function isFine({ outcome }: Registration): boolean {
  return outcome !== 'failed' && outcome !== 'occupied';
}

function toBlock(one: Registration, config: RegisteredConfig | undefined): string[] {
  const { client, file, outcome, lines, isNew } = one;
  const place = `${file}${isNew ? ' (new)' : ''}`;
  const heads = {
    added: `${client.title}: added to ${place}`,
    would_add: `${client.title}: would be added to ${place}`,
    unchanged: `${client.title}: ${file} has this entry already; nothing was changed.`,
  };
  const head = outcome === 'failed' || outcome === 'occupied' ? '' : heads[outcome];
  return [head, ...lines.map((line) => `  + ${line}`), ...hintsOf(one, config).flatMap((hint) => indented(hint))];
}

function hintsOf({ client, scope, entry, server }: Registration, config: RegisteredConfig | undefined): string[] {
  const { hints, references, title } = client;
  const variables = server.kind === 'local' ? server.variables : { required: [], optional: [] };
  return [
    // A configuration that was there may name a store, where the approvers are.
    questionText(client, config?.text === undefined && server.kind === 'local' ? server.config : undefined),
    ...(hints?.always === undefined ? [] : [hints.always]),
    ...(server.kind === 'remote' && hints?.remote !== undefined ? [hints.remote] : []),
    ...(references.kind === 'inline' && references.unset === 'unknown' && variables.optional.length > 0
      ? [
          `What ${title} makes of an optional variable that is not set is not known: if the start stops and names one, remove its line.`,
        ]
      : []),
    ...(references.kind === 'none' && variables.required.length > 0
      ? [
          `${title} passes on no variables, but the configuration refers to ${variables.required.join(', ')}: write \${file:/path} in their place.`,
        ]
      : []),
    ...(scope === 'project' ? projectHints(client, entry) : []),
  ];
}

function projectHints({ hints }: Registration['client'], entry: Registration['entry']): string[] {
  const parts = [entry['command'], entry['args']].flat();
  const paths = parts.filter((one) => typeof one === 'string' && isAbsolute(one));
  return [
    ...(hints?.project === undefined ? [] : [hints.project]),
    ...(paths.length > 0
      ? [`A path of this computer is in it: ${paths.join(', ')}. Do not commit it for others.`]
      : []),
  ];
}

/** Whether an entry was added that names the configuration, which is then written as well. */
function namesConfig(results: readonly Registration[]): boolean {
  return results.some(({ outcome, server }) => outcome === 'added' && server.kind === 'local' && server.config);
}

function configLines({ results, config }: Registrations, write: boolean): string[] {
  if (!config) return [];
  const done = write && namesConfig(results) ? 'Wrote' : 'Would write';
  const head = config.text === undefined ? `Configuration: ${config.path}, as it is.` : `${done} ${config.path}`;
  const missing = config.secretFiles.filter((file) => !existsSync(file));
  if (missing.length === 0) return [head];
  return [
    head,
    ...wrap(
      'It reads each secret from a file that only you may read. Create them so: run the line, paste the value, press Enter and Ctrl-D.',
      WIDTH,
    ),
    ...missing.map((file) => `  (umask 077; cat > ${toShellWord(file)})`),
  ];
}

function variableLines(results: readonly Registration[]): string[] {
  const { required, optional } = variablesOf(results);
  const isBare = ({ server }: Registration) =>
    server.kind === 'local' && server.config === undefined && server.variables.required.length === 0;
  if (results.some(isBare)) {
    return wrap(
      'No provider is named and none of their variables is set, so none is connected. Name them with --provider ID.',
      WIDTH,
    );
  }
  const missing = required.filter((name) => !process.env[name]);
  return [
    ...(required.length > 0 ? wrap(`Taken from the environment of the client: ${required.join(', ')}.`, WIDTH) : []),
    ...(optional.length > 0 ? wrap(`Optional: ${optional.join(', ')}.`, WIDTH) : []),
    ...(missing.length > 0
      ? wrap(`Not set here: ${missing.join(', ')}. Set them before you start the client.`, WIDTH)
      : []),
  ];
}

function variablesOf(results: readonly Registration[]): { required: string[]; optional: string[] } {
  const names = (kind: 'required' | 'optional') =>
    results.flatMap(({ client, server }) => {
      if (server.kind === 'local') return client.references.kind === 'none' ? [] : server.variables[kind];
      return kind === 'required' && client.references.kind !== 'none' ? [TOKEN_VARIABLE] : [];
    });
  const required = [...new Set(names('required'))];
  return { required, optional: [...new Set(names('optional'))].filter((name) => !required.includes(name)) };
}

function indented(text: string): string[] {
  return wrap(text, WIDTH - 2).map((line) => `  ${line}`);
}
