import type { Field } from '../../../src/providers/field.ts';
import { providers } from '../../../src/providers/index.ts';
import type { Provider } from '../../../src/providers/provider.ts';
import { clearableNames } from '../../../src/update/request/schema.ts';
import { code, table } from './table.ts';

/** The part of docs/providers.md that is generated: every provider of the registry, with its settings and its fields. */
export function providerTables(): string {
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
  const { title, docs, write, env, signIn, credentials, baseUrl, fields } = provider;
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
    `\`${write.method} ${write.path}\` at \`${baseUrl.replace(/\{(\w+)\}/g, '<$1>')}\` ([the vendor's page](${docs})). To connect: ${ways.join(', or ')}.`,
    table(['setting', 'variable', ''], settings),
    table(['field', 'sensitivity', 'effect', '`clear`'], rows),
  ].join('\n\n');
}

function writeOf({ write }: Provider): string {
  const [echo, fillsIn] = [write.echo, write.fillsIn].map((values) =>
    Object.keys(values ?? {})
      .map(code)
      .join(', '),
  );
  if (write.encoding !== 'replace')
    return echo ? `changes what is sent; ${echo} are sent along as read` : 'changes what is sent';
  const whole = write.carry === 'record' ? 'replaces the record' : 'replaces all fields';
  return `${whole}: what does not change goes back as read${fillsIn ? `; ${fillsIn} has to be known` : ''}`;
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
