/** The rules of clients and model APIs for tool schemas. A tool that breaks one is rejected, by some with all other tools. */

export interface ListedTool {
  name: string;
  description: string;
  inputSchema: Record<string, unknown>;
}

/** Keywords of a schema. Gemini has its own subset of OpenAPI 3 (https://ai.google.dev/api/caching#Schema). */
const KEYWORDS = [
  'type',
  'description',
  'format',
  'enum',
  'items',
  'properties',
  'required',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'pattern',
  // Not in Gemini's subset: its SDKs drop it, and all other clients want it.
  'additionalProperties',
];
const TYPES = ['string', 'integer', 'number', 'boolean', 'array', 'object'];

/** Cursor prefixes the tool name with the name of the server, and accepts 60 characters of both. */
const SERVER_NAME = 'update-user-mcp';

export function lintTool({ name, description, inputSchema }: ListedTool): string[] {
  const complaints: string[] = [];
  const complain = (rule: string) => complaints.push(`${name}: ${rule}`);
  // OpenAI, Anthropic, Bedrock (API_runtime_ToolSpecification): 64 characters; the contract has 40.
  if (!/^[a-zA-Z0-9_-]{1,40}$/.test(name)) complain('its name');
  if (`${SERVER_NAME}_${name}`.length > 60) complain('its name with that of the server');
  if (description === '') complain('no description');
  if (inputSchema['type'] !== 'object') complain('not an object at the top');
  const places = placesIn(inputSchema, 'arguments', 1);
  for (const { path, schema, depth } of places) {
    for (const fault of faultsOf(schema, depth)) complain(`${path}: ${fault}`);
  }
  // OpenAI, structured outputs: 5,000 properties, 120,000 characters of names and values, 1,000 values.
  const names = places.flatMap(({ schema }) => Object.keys(schema['properties'] ?? {}));
  const values = places.flatMap(({ schema }) => (schema['enum'] as string[] | undefined) ?? []);
  if (names.length > 5_000 || values.length > 1_000) complain('too many names or values');
  if ([...names, ...values].join('').length > 120_000) complain('too long names or values');
  return complaints;
}

interface Subschema {
  path: string;
  schema: Record<string, unknown>;
  depth: number;
}

function placesIn(schema: Record<string, unknown>, path: string, depth: number): Subschema[] {
  const { items, properties } = schema as { items?: Record<string, unknown>; properties?: Record<string, never> };
  return [
    { path, schema, depth },
    ...(items ? placesIn(items, `${path}[]`, depth + 1) : []),
    ...Object.entries(properties ?? {}).flatMap(([name, inner]) => placesIn(inner, `${path}.${name}`, depth + 1)),
  ];
}

function faultsOf(schema: Record<string, unknown>, depth: number): string[] {
  const { type, format, items, properties, required, additionalProperties, pattern } = schema;
  const known = Object.keys((properties as object | undefined) ?? {});
  const values = schema['enum'] as unknown[] | undefined;
  const checks: [boolean, string][] = [
    [Object.keys(schema).every((keyword) => KEYWORDS.includes(keyword)), `keywords ${Object.keys(schema).join(', ')}`],
    // Gemini takes one type a place, and so do VS Code's converters.
    [typeof type === 'string' && TYPES.includes(type), `type ${JSON.stringify(type)}`],
    // "only 'enum' and 'date-time' are supported for STRING type" (Gemini, function declarations).
    [format === undefined || (type === 'string' && format === 'date-time'), `format ${String(format)}`],
    // microsoft/vscode#246119; OpenAI: "array schema missing items".
    [(type === 'array') === (typeof items === 'object' && items !== null && !Array.isArray(items)), 'items'],
    // Gemini: "properties: only allowed for OBJECT type", "should be non-empty for OBJECT type".
    [properties === undefined || (type === 'object' && known.length > 0), 'properties'],
    [((required as string[] | undefined) ?? []).every((name) => known.includes(name)), 'required without a property'],
    // OpenAI's strict mode; an object with names of its own falls back to the other mode, as it has to.
    [type !== 'object' || properties === undefined || additionalProperties === false, 'additionalProperties'],
    [values === undefined || (type === 'string' && values.length > 0), 'enum'],
    [values?.every((value) => typeof value === 'string' && value !== '') ?? true, 'enum with an empty value'],
    // Anthropic, tools.input_schema.properties keys: 64 characters; the contract has 40.
    [known.every((name) => /^[a-zA-Z0-9_.-]{1,40}$/.test(name)), 'a name of a property'],
    // RE2 and Rust's regex, which check answers, know neither look-around nor back-references.
    [pattern === undefined || !/\(\?|\\[1-9pPkub]/.test(String(pattern)), `pattern ${String(pattern)}`],
    // OpenAI, structured outputs: levels of nesting.
    [depth <= 5, 'depth'],
  ];
  return checks.filter(([holds]) => !holds).map(([, fault]) => fault);
}
