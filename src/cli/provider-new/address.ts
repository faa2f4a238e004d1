import { isObject, type JsonObject } from '../../lib/json/json-value.ts';
import { openText } from '../../providers/declared/open-places.ts';
import { type Description, entriesOf, listOf, own, textOf } from './openapi/description.ts';
import { type ApiOperation, namesInPath, type Parameter, type Update } from './openapi/operations.ts';
import type { SettingsDraft } from './settings.ts';

/** Where the API is. */
export interface Address {
  baseUrl: string;
  notes: readonly string[];
}

/** The base URL from the first server of the description that has a host, else a host that the connection names. */
export function addressOf(description: Description, update: Update, settings: SettingsDraft): Address {
  const levels = [update.own, update.item, description.root].map((object) => listOf(object, 'servers'));
  const listed = levels.find((list) => list.length > 0) ?? [];
  const servers = listed.map((value) => description.resolve(value)).filter((server) => server !== undefined);
  const urls = servers.map((server) => ({ server, url: fillVariables(server, settings) }));
  const chosen = urls.find(({ url }) => /^https?:\/\//.test(url)) ?? urls[0];
  const others =
    servers.length > 1 ? [`baseUrl: the first of ${servers.length} servers of the description is taken`] : [];
  const url = chosen?.url ?? '';
  const path = url.replace(PLACEHOLDER_HOST, '');
  if (path === '' || path.startsWith('/')) {
    const host = settings.add('host', 'host', 'The host of the API.');
    return {
      baseUrl: trimEnd(`https://{${host}}${path}`),
      notes: ['baseUrl: the description names no host of its own', ...others],
    };
  }
  const baseUrl = trimEnd(path.replace(/^http:/, 'https:'));
  if (!PLAIN.test(baseUrl))
    return { baseUrl: openText(), notes: ['baseUrl: the address in the description is not a plain one', ...others] };
  const changed = path.startsWith('http:') ? ['baseUrl: http is made https'] : [];
  return { baseUrl, notes: [...changed, ...others] };
}

/** A host that stands for another: `http://localhost:8080`, `https://keycloak.example.com`, `https://your-domain.com`. */
const PLACEHOLDER_HOST =
  /^https?:\/\/(?:localhost|127\.0\.0\.1|(?:[\w-]+\.)*example(?:\.\w+)?|[\w.-]*\byour[\w.-]*|[^/]*<[^/]*>[^/]*)(?::\d+)?(?=\/|$)/i;

/** What a provider file takes: each variable is the whole address, the whole host, a label before the last two, or a segment. */
const PLAIN =
  /^(?:\{\w+\}|https:\/\/(?:\{\w+\}|(?:(?:\{\w+\}|[\w-]+)\.)*[\w-]+\.[\w-]+)(?::\d+)?)(?:\/(?:\{\w+\}|[^/{}?#@%\s]+))*$/;

/** A path of the description as a template: the id of the user, and settings for everything else. */
export function toPathTemplate(operation: ApiOperation, userId: string | undefined, settings: SettingsDraft): string {
  const template = namesInPath(operation.path).reduce((path, name) => {
    const value = name === userId ? 'userId' : settings.add(name, 'text', `The ${name} in the paths of the API.`);
    return path.replace(`{${name}}`, `{${value}}`);
  }, operation.path);
  const path = trimEnd(template.replace(/\?.*$/, ''));
  return isWhole(path) ? path : openText(path.replace(/(\{\w+\})\.\w+/g, '$1'));
}

/** Whether each name in a path fills a segment of its own, as a provider file has it. */
function isWhole(path: string): boolean {
  return path.split('/').every((segment) => !/[{}]/.test(segment) || /^\{\w+\}$/.test(segment));
}

/** Parameters without which a call is not taken, and the notes about those whose value is not known. */
export function requiredQuery(description: Description, { parameters }: ApiOperation): JsonObject {
  const needed = parameters.filter((parameter) => parameter.in === 'query' && parameter.required);
  return Object.fromEntries(
    needed.map((parameter) => [parameter.name, knownValue(description, parameter) ?? openText()]),
  );
}

/** The value that a parameter has unless another is given, or the only one it can have. */
function knownValue(description: Description, { schema }: Parameter): string | undefined {
  const resolved = description.resolve(schema);
  const choices = listOf(resolved, 'enum');
  const value =
    resolved && (own(resolved, 'const') ?? own(resolved, 'default') ?? (choices.length === 1 ? choices[0] : undefined));
  return value === undefined || value === null || isObject(value) || Array.isArray(value) ? undefined : String(value);
}

/** A variable of the server becomes a setting; only the protocol and the port take the value they have without one. */
function fillVariables(server: JsonObject, settings: SettingsDraft): string {
  const url = textOf(server, 'url') ?? '';
  const variables = new Map(entriesOf(server, 'variables'));
  return namesInPath(url).reduce((text, name) => {
    const variable = variables.get(name);
    const object = isObject(variable) ? variable : undefined;
    const standard = object && own(object, 'default');
    const isFixed = /^(?:protocol|scheme|port)$/i.test(name);
    if (isFixed) return text.replace(`{${name}}`, /port/i.test(name) ? String(standard ?? 443) : 'https');
    const about = textOf(object, 'description') ?? `The ${name} in the address of the API.`;
    return text.replace(`{${name}}`, `{${settings.add(name, kindOf(url, name), about)}}`);
  }, url);
}

/** What is the whole address or the whole host, or a part of one. */
function kindOf(url: string, name: string): 'url' | 'host' | 'text' {
  if (url.startsWith(`{${name}}`)) return /^\{[^{}]*\}:\/\//.test(url) ? 'text' : 'url';
  const authority = /^[^/]*:\/\/([^/]*)/.exec(url)?.[1];
  return authority?.replace(/:.*$/, '') === `{${name}}` ? 'host' : 'text';
}

function trimEnd(text: string): string {
  return text.replace(/\/+$/, '');
}
