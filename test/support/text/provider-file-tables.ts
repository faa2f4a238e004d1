import { isObject, type Json, type JsonObject } from '../../../src/lib/json/json-value.ts';
import { providerFileSchema } from '../../../src/providers/declared/json-schema.ts';

/** The keys of a provider file as tables, from its JSON Schema. */
export function providerFileTables(): string {
  const schema = providerFileSchema() as unknown as JsonObject;
  const sections = Object.entries(membersOf(schema));
  const inside = sections.flatMap(([name, section]) => {
    const rows = rowsOf(schema, section, name).filter(({ key }) => !REPEATED.test(key));
    return rows.length === 0
      ? []
      : ['', `### \`${name}\``, '', String(section['description'] ?? ''), '', ...toTable(rows)];
  });
  const top = sections.map(([name, section]) => toRow(name, section, isRequired(schema, name)));
  return [...toTable(top), ...inside].join('\n');
}

/** Keys that no description says anything about. */
export function undescribedKeys(): string[] {
  const schema = providerFileSchema() as unknown as JsonObject;
  const rows = Object.entries(membersOf(schema)).flatMap(([name, section]) => [
    toRow(name, section, false),
    ...rowsOf(schema, section, name),
  ]);
  return rows.flatMap(({ key, meaning }) => (meaning === '' && !key.endsWith('.kind') ? [key] : []));
}

/** As for a field itself. */
const REPEATED = /(?:items|keys\.NAME)\.(?:enum|m\w+(?:Length|imum))$|^openFields.*warnings\[\]|items\.keys\./;

interface KeyRow {
  key: string;
  must: string;
  meaning: string;
}

function toTable(rows: readonly KeyRow[]): string[] {
  const cells = rows.map(({ key, must, meaning }) => `| \`${key}\` | ${must} | ${meaning.replaceAll('|', '\\|')} |`);
  return ['| key | must | meaning |', '| --- | --- | --- |', ...cells];
}

/** The keys inside, at any depth. A kind of object that occurs again further in is described once. */
function rowsOf(root: JsonObject, value: JsonObject, path: string, seen: readonly string[] = []): KeyRow[] {
  // JSON in JSON goes on for ever.
  if (path.split(/[.[]/).length > MAX_DEPTH) return [];
  const variants = [value, ...listed(value, 'anyOf'), ...listed(value, 'oneOf')].map((one) => resolve(root, one));
  const members = new Map<string, readonly [JsonObject, boolean]>();
  for (const variant of variants) {
    for (const [name, member] of Object.entries(membersOf(variant))) {
      if (!members.has(name)) members.set(name, [resolve(root, member), isRequired(variant, name)]);
    }
  }
  const names = [...members.keys()].join();
  if (seen.includes(names) && names !== '') return [];
  const own = [...members].flatMap(([name, [member, must]]) => [
    toRow(`${path}.${name}`, member, must && variants.length === 1),
    ...rowsOf(root, member, `${path}.${name}`, [...seen, names]),
  ]);
  const named = variants.flatMap((variant) => {
    const { additionalProperties: entry, items } = variant;
    const entries = isObject(entry) ? rowsOf(root, resolve(root, entry), `${path}.NAME`, seen) : [];
    return [...entries, ...(isObject(items) ? rowsOf(root, resolve(root, items), `${path}[]`, seen) : [])];
  });
  return [...own, ...named];
}

const MAX_DEPTH = 6;

function toRow(key: string, schema: JsonObject, must: boolean): KeyRow {
  const values = [schema, ...listed(schema, 'anyOf'), ...listed(schema, 'items')].flatMap(({ enum: choices }) =>
    Array.isArray(choices) ? choices : [],
  );
  const choices = values.length > 0 ? ` One of ${values.map((value) => `\`${String(value)}\``).join(', ')}.` : '';
  return { key, must: must ? 'yes' : '', meaning: `${String(schema['description'] ?? '')}${choices}`.trim() };
}

function membersOf({ properties }: JsonObject): Record<string, JsonObject> {
  return isObject(properties) ? (properties as Record<string, JsonObject>) : {};
}

function isRequired({ required }: JsonObject, name: string): boolean {
  return Array.isArray(required) && required.includes(name);
}

function listed(schema: JsonObject, key: string): JsonObject[] {
  const found: Json | undefined = schema[key];
  return (Array.isArray(found) ? found : [found]).filter((one) => isObject(one));
}

function resolve(root: JsonObject, schema: JsonObject): JsonObject {
  const [, name] = /^#\/\$defs\/(.+)$/.exec(String(schema['$ref'] ?? '')) ?? [];
  const target = name === undefined || !isObject(root['$defs']) ? undefined : root['$defs'][name];
  return isObject(target) ? { ...target, ...schema } : schema;
}
