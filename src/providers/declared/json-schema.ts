import * as z from 'zod';
import { fileSchema } from './format/file.ts';

/** The format of provider files as JSON Schema. */
export function providerFileSchema(): object {
  const schema = z.toJSONSchema(fileSchema(), { io: 'input', unrepresentable: 'any' });
  return { title: 'update-user-mcp provider file', ...schema };
}

/** The same as it ships, for editors: what occurs several times is written once, in `$defs`. */
export function shippedFileSchema(): object {
  const schema = providerFileSchema();
  const counts = new Map<string, number>();
  count(schema, counts);
  const repeated = [...counts].filter(([, times]) => times > 1).map(([text]) => text);
  const names = new Map(repeated.map((text, index) => [text, `part${index + 1}`]));
  const $defs = Object.fromEntries([...names].map(([text, name]) => [name, inside(JSON.parse(text), names)]));
  const whole = inside(schema, names) as { $defs?: object }; // an object stays one
  return { ...whole, $defs: { ...whole.$defs, ...$defs } };
}

/** Shorter ones would not become shorter as a reference. */
const SHORTEST = 120;

/** Keywords whose members are schemas by name, and not a schema themselves. */
const MAPS = ['properties', '$defs'];

/** Counts schemas, each with what is inside it once. */
function count(schema: unknown, counts: Map<string, number>): void {
  if (typeof schema !== 'object' || schema === null) return;
  const text = JSON.stringify(schema);
  const times = (counts.get(text) ?? 0) + 1;
  if (!Array.isArray(schema) && text.length >= SHORTEST) counts.set(text, times);
  if (times > 1) return;
  for (const [key, member] of Object.entries(schema)) {
    for (const one of MAPS.includes(key) ? Object.values(member as object) : [member]) count(one, counts);
  }
}

/** A reference for a repeated schema, else the schema with references inside. */
function refer(schema: unknown, names: ReadonlyMap<string, string>): unknown {
  const name = names.get(JSON.stringify(schema));
  return name === undefined ? inside(schema, names) : { $ref: `#/$defs/${name}` };
}

function inside(schema: unknown, names: ReadonlyMap<string, string>): unknown {
  if (typeof schema !== 'object' || schema === null) return schema;
  if (Array.isArray(schema)) return schema.map((entry) => refer(entry, names));
  const members = Object.entries(schema).map(([key, member]) => {
    if (!MAPS.includes(key)) return [key, refer(member, names)] as const;
    const named = Object.entries(member as object).map(([name, one]) => [name, refer(one, names)] as const);
    return [key, Object.fromEntries(named)] as const;
  });
  return Object.fromEntries(members);
}
