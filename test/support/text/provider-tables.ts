import type { RecordWrite } from '../../../src/providers/calls.ts';
import type { Field } from '../../../src/providers/field.ts';
import type { Provider } from '../../../src/providers/provider.ts';
import { clearableNames } from '../../../src/update/request/schema.ts';
import { code, table } from './table.ts';

/** The part of a page that is generated: these providers, each with its settings and its fields. */
export function providerTables(providers: readonly Provider[]): string {
  const overview = table(
    ['provider', 'id', 'tool', 'what its update call does'],
    providers.map((provider) => [
      `[${provider.title}](#${provider.title.toLowerCase().replaceAll(' ', '-')})`,
      code(provider.id),
      code(`${provider.id}_update_user`),
      writeOf(provider),
    ]),
  );
  return [overview, ...providers.map(sectionOf)].join('\n\n');
}

function sectionOf(provider: Provider): string {
  const { title, docs, env, signIn, credentials, baseUrl, fields } = provider;
  const ways = signIn.map(({ needs }) => needs.map((key) => code(env[key] ?? key)).join(' + '));
  const settings = Object.entries(env).map(([key, variable]) => [
    code(key),
    code(variable),
    [
      ...(signIn.some(({ needs }) => needs.includes(key)) ? ['to sign in'] : ['optional']),
      ...(credentials.includes(key) ? ['secret'] : []),
    ].join(', '),
  ]);
  const rows = Object.entries(fields).map(([name, field]) => [
    code(name),
    field.sensitivity,
    field.effect,
    clearOf(provider, name, field),
  ]);
  return [
    `### ${title}`,
    `${callsOf(provider)} at \`${baseUrl.replace(/\{(\w+)\}/g, '<$1>')}\` ([the vendor's page](${docs})). To connect: ${ways.join(', or ')}.`,
    table(['setting', 'variable', ''], settings),
    table(['field', 'sensitivity', 'effect', '`clear`'], rows),
  ].join('\n\n');
}

function callsOf({ write, patch }: Provider): string {
  const [usual, other] = [write, patch].map((call) => call && code(`${call.method} ${call.path}`));
  return other === undefined ? String(usual) : `${other} or ${usual}, by what the service offers,`;
}

function writeOf({ write, patch }: Provider): string {
  const effect = effectOf(write);
  return patch ? `${effectOf(patch)} where the service takes ${code(patch.method)}; else ${effect}` : effect;
}

function effectOf({ encoding, carry, echo = {}, fillsIn = {} }: RecordWrite): string {
  if (encoding !== 'replace') return ['changes what is sent', ...echoesOf(echo)].join('; ');
  const whole = carry === 'record' ? 'replaces the record' : 'replaces all fields';
  const known = listOf(Object.keys(fillsIn));
  return `${whole}: what does not change goes back as read${known ? `; ${known} has to be known` : ''}`;
}

/** What is sent along, by what it is sent along with. */
function echoesOf(echo: NonNullable<Provider['write']['echo']>): string[] {
  const withWhat = (name: string) => listOf(echo[name]?.with ?? []);
  return [...new Set(Object.keys(echo).map(withWhat))].map((others) => {
    const names = Object.keys(echo).filter((name) => withWhat(name) === others);
    return `${listOf(names)} are sent along as read${others ? ` with ${others}` : ''}`;
  });
}

function listOf(names: readonly string[]): string {
  return names.map(code).join(', ');
}

function clearOf(provider: Provider, name: string, field: Field): string {
  const keys = clearableNames(provider)
    .names.filter((path) => path.startsWith(`${name}.`))
    .map((path) => path.slice(name.length + 1));
  if (field.merge?.clear && !field.merge.keys) return 'any key';
  return [...(field.clear ? ['yes'] : []), ...(keys.length > 0 ? [`each of ${keys.map(code).join(', ')}`] : [])].join(
    ', ',
  );
}
