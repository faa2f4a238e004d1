import { fileSchema, type JsonSchema, settingsSchema } from '../../src/config/json-schema.ts';
import { VARIABLES } from '../../src/config/values.ts';
import { providers } from '../../src/providers/index.ts';
import type { Provider } from '../../src/providers/provider.ts';

/** docs/settings.md, from the schemas of the configuration file and of the providers' settings. */
export function settingsPage(): string {
  const { properties = {} } = fileSchema();
  const isSection = ([, schema]: [string, JsonSchema]) => schema.type === 'object';
  const entries = Object.entries(properties);
  const topLevel = Object.fromEntries(entries.filter((entry) => !isSection(entry)));
  const sections = entries.filter(isSection).map(([name, schema]) => section(name, schema));
  return [
    '# Settings',
    '',
    'Generated from the schema: do not edit it by hand. How to use these settings: [operating.md](operating.md) and',
    '[policy.md](policy.md).',
    '',
    '## Environment variables',
    '',
    'Each connection can also come [from variables of its own](#connections-by-provider).',
    '',
    ...table(
      ['variable', 'meaning'],
      Object.entries(VARIABLES).map(([name, text]) => [code(name), text]),
    ),
    '',
    '## Configuration file',
    '',
    'Every key is optional, except those that are required within an object. `[]` is an entry of a list, `NAME` a name of your choice.',
    '',
    ...keyTable(rowsOf({ properties: topLevel }, '')),
    '',
    ...sections.flat(),
    '## Connections by provider',
    '',
    'A connection of the file has the keys of its provider, and any of them may be a reference such as `${env:NAME}`. The variables',
    'of a provider make one connection without a file, named like the provider. `clearable` lists fields that `null` empties,',
    'although the vendor does not document it.',
    '',
    ...providers.flatMap(providerSection),
  ].join('\n');
}

function section(name: string, schema: JsonSchema): string[] {
  return [`### \`${name}\``, '', schema.description ?? '', '', ...keyTable(rowsOf(schema, name)), ''];
}

function providerSection(provider: Provider): string[] {
  const { title, id, docs, env, signIn, credentials } = provider;
  const schema = settingsSchema(provider);
  const ways = signIn.map(({ needs }) => needs.map(code).join(' and ')).join('; or ');
  const rows = Object.entries(schema.properties ?? {}).map(([key, setting]) => [
    code(key),
    code(env[key] ?? ''),
    `${typeOf(setting)}${credentials.includes(key) ? ', secret' : ''}`,
    `${setting.description}${key === 'baseUrl' ? ` Default: ${code(defaultUrl(provider))}.` : ''}`,
  ]);
  return [
    `### ${title} (\`${id}\`)`,
    '',
    `Required: ${ways}. [The vendor's documentation](${docs}).`,
    '',
    ...table(['key', 'variable', 'type', 'meaning'], rows),
    '',
  ];
}

/** The base URL of a connection without one of its own; settings in it are shown by their keys. */
function defaultUrl({ baseUrl }: Provider): string {
  return baseUrl.replace(/\{(\w+)\}/g, '<$1>');
}

interface Row {
  key: string;
  schema: JsonSchema;
  isRequired: boolean;
}

/** A row for each key, with those of nested objects and of objects in lists. */
function rowsOf({ properties = {}, required = [], additionalProperties: members }: JsonSchema, prefix: string): Row[] {
  if (typeof members === 'object' && members.properties) return rowsOf(members, `${prefix}.NAME`);
  return Object.entries(properties).flatMap(([name, schema]) => {
    const key = prefix === '' ? name : `${prefix}.${name}`;
    const row = { key, schema, isRequired: required.includes(name) };
    if (schema.properties) return [row, ...rowsOf(schema, key)];
    return schema.items?.properties ? [row, ...rowsOf(schema.items, `${key}[]`)] : [row];
  });
}

function keyTable(rows: readonly Row[]): string[] {
  const cells = rows.map(({ key, schema, isRequired }) => [
    code(key),
    typeOf(schema),
    isRequired ? 'required' : schema.default === undefined ? '' : code(JSON.stringify(schema.default)),
    schema.description ?? '',
  ]);
  return table(['key', 'type', 'default', 'meaning'], cells);
}

const PLURALS: Readonly<Record<string, string>> = { string: 'strings', URL: 'URLs', object: 'objects' };

function typeOf(schema: JsonSchema): string {
  if (schema.enum) return `one of ${schema.enum.map((value) => code(String(value))).join(', ')}`;
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(' or ');
  switch (schema.type) {
    case 'string':
      return schema.format === 'uri' ? 'URL' : schema.format === 'email' ? 'e-mail address' : 'string';
    case 'boolean':
      return '`true` or `false`';
    case 'integer':
      return `whole number${rangeOf(schema)}`;
    case 'number':
      return `number${rangeOf(schema)}`;
    case 'array': {
      const entry = typeOf(schema.items ?? {});
      return `list of ${PLURALS[entry] ?? entry.replace(/^one of /, '')}`;
    }
    case 'object': {
      const { additionalProperties: members } = schema;
      return typeof members === 'object' && members.enum
        ? `object of ${typeOf(members).replace(/^one of /, '')}`
        : 'object';
    }
    default:
      throw new Error(`no words for ${JSON.stringify(schema)}`);
  }
}

function rangeOf({ minimum, exclusiveMinimum, maximum = Number.POSITIVE_INFINITY }: JsonSchema): string {
  const from =
    minimum === undefined ? (exclusiveMinimum === undefined ? '' : `above ${exclusiveMinimum}`) : `from ${minimum}`;
  const to = maximum < Number.MAX_SAFE_INTEGER ? `up to ${maximum}` : '';
  return [from, to]
    .filter((part) => part !== '')
    .map((part) => `, ${part}`)
    .join('');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)];
}

function code(text: string): string {
  return `\`${text}\``;
}
