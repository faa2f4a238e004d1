import type { Json, JsonObject } from '../../lib/json/json-value.ts';
import { openText } from '../../providers/declared/open-places.ts';
import { formatPointer } from '../../providers/declared/pointer.ts';
import { addressOf, requiredQuery, toPathTemplate } from './address.ts';
import { type Attributes, attributesOf } from './attributes.ts';
import { errorsOf, slowDownOf } from './errors.ts';
import { exampleOf, lookupsOf } from './lookups.ts';
import { toLine, toProviderId } from './names.ts';
import { type Description, textOf } from './openapi/description.ts';
import { JSON_TYPE, type Update } from './openapi/operations.ts';
import { toShape } from './openapi/schema.ts';
import { personOf } from './people.ts';
import { idAttribute, type UserRecords, userRecords } from './record.ts';
import { SettingsDraft } from './settings.ts';
import { signInOf } from './sign-in.ts';

/** A provider file to be completed, and what there is to say about it. */
export interface StarterFile {
  file: JsonObject;
  /** The default that the description has for a field: nothing sends it, but the vendor may write it. */
  defaults: readonly (readonly [field: string, value: Json])[];
  /** What was guessed, and what the file does not have. */
  notes: readonly string[];
}

/** `known`: ids that other providers have. */
export function toStarter(description: Description, update: Update, known: readonly string[]): StarterFile {
  const settings = new SettingsDraft();
  const address = addressOf(description, update, settings);
  const signIn = signInOf(description, update, settings);
  const records = userRecords(description, update);
  const attributes = attributesOf(description, records);
  const lookups = lookupsOf(description, update, settings);
  const read = readOf(description, records, update, settings);
  const write = writeOf(description, records, attributes, update, settings);
  const userId = userIdOf(description, update);
  const person = personOf(description, attributes, records, idAttribute(records, update));
  const slowDown = slowDownOf(description, update);
  const title = titleOf(description, address.baseUrl);
  const { fields, open, left } = attributes;
  const file = {
    version: 1,
    id: toProviderId(hostName(address.baseUrl) ?? title, known),
    title,
    docs: docsOf(description, update),
    hint:
      lookups.find.length > 0
        ? 'Take user_id from find_user; never guess one.'
        : 'user_id is the id that the vendor gave the user; never guess one.',
    example: exampleOf(String(userId['kind']), fields),
    settings: settings.toJson(),
    baseUrl: address.baseUrl,
    ...(Object.keys(signIn.headers).length > 0 && { headers: signIn.headers }),
    auth: signIn.auth,
    userId,
    read,
    write,
    fields: Object.fromEntries(fields.map(({ name, spec }) => [name, spec])),
    ...(open.length > 0 && { openFields: Object.fromEntries(open.map(({ name, spec }) => [name, spec])) }),
    readOnly: person.readOnly,
    volatile: [...person.volatile],
    ids: [...person.ids],
    label: person.label,
    emails: [...person.emails],
    ...(person.apart.length > 0 && { apart: [...person.apart] }),
    status: [...person.status],
    find: [...lookups.find],
    errors: errorsOf(description, update),
    ...(slowDown && { slowDown }),
    probe: lookups.probe,
  };
  return {
    file,
    defaults: fields.flatMap(({ name, spec }) =>
      spec['default'] === undefined ? [] : [[name, spec['default']] as const],
    ),
    notes: [
      ...address.notes,
      ...signIn.notes,
      ...(records.reading ? [] : ['read: the description has no GET on the same path; the same path is proposed']),
      ...lookups.notes,
      ...left.map((text) => `left out: ${text}`),
      ...[...description.missing].map((reference) => `${toLine(reference, 100)} leads to nothing in the description`),
    ],
  };
}

/** Whether the id is a number shows in the type of the parameter. */
function userIdOf(description: Description, { parameters, userId }: Update): JsonObject {
  const parameter = parameters.find((one) => one.in === 'path' && one.name === userId);
  const { types, format, limits } = toShape(description, parameter ? [parameter.schema] : []);
  if (types.has('integer') || types.has('number')) return { kind: 'digits', number: true };
  if (format === 'uuid') return { kind: 'uuid' };
  return { kind: 'text', maxLength: Math.min(limits['maxLength'] ?? MAX_ID, MAX_ID) };
}

const MAX_ID = 100;

function readOf(
  description: Description,
  { reading, unwrap }: UserRecords,
  update: Update,
  settings: SettingsDraft,
): JsonObject {
  const path = toPathTemplate(update, update.userId, settings);
  if (!reading) return { path: openText(path) };
  const query = requiredQuery(description, reading);
  return {
    path,
    ...(Object.keys(query).length > 0 && { query }),
    ...(unwrap && { unwrap: formatPointer(unwrap) }),
  };
}

function writeOf(
  description: Description,
  { wrapper }: UserRecords,
  attributes: Attributes,
  update: Update,
  settings: SettingsDraft,
): JsonObject {
  const { method, contentType } = update;
  const query = requiredQuery(description, update);
  const isMergePatch = contentType.includes('merge-patch');
  // What a PUT does to what a request leaves out is the one thing that must not be guessed.
  // Only of a merge patch it is said that it keeps what is beside a part of an object.
  const kept = attributes.fields.some(({ path }) => path.length > 1) ? 'merge-patch' : 'merge';
  const encoding = isMergePatch ? 'merge-patch' : openText(method === 'PUT' ? undefined : kept);
  const echo = isMergePatch ? [] : echoed(attributes);
  return {
    method,
    path: toPathTemplate(update, update.userId, settings),
    ...(Object.keys(query).length > 0 && { query }),
    ...(contentType !== JSON_TYPE && { contentType }),
    encoding,
    ...(wrapper !== undefined && { wrapper }),
    ...(method === 'PUT' && { carry: openText() }),
    ...(echo.length > 0 && { echo: Object.fromEntries(echo.map((name) => [name, openText('{}')])) }),
  };
}

/** Fields with a default, and those that every request has to carry. A value that is never read cannot be sent along. */
function echoed({ fields, required }: Attributes): string[] {
  const isRead = fields.filter(({ spec }) => spec['readback'] === undefined);
  return isRead
    .filter(({ name, spec }) => spec['default'] !== undefined || required.includes(name))
    .map(({ name }) => name);
}

function docsOf(description: Description, { own: operation }: Update): string {
  const urls = [operation, description.root].map((object) => textOf(description.member(object, 'externalDocs'), 'url'));
  return urls.find((url) => url !== undefined && /^https:\/\/\S+$/.test(url)) ?? openText();
}

function titleOf(description: Description, baseUrl: string): string {
  const given = toLine(textOf(description.member(description.root, 'info'), 'title') ?? '', 40);
  const title = given.replace(
    /(?:\s+(?:public|rest|web|http|management|backend|admin|platform|open\s?api|api|specification|spec|documentation|docs|reference|v?\d[\d.]*))+$/i,
    '',
  );
  const host = hostName(baseUrl) ?? 'My API';
  const isTelling = title !== '' && !/^(?:collection|api|rest|openapi|swagger|untitled.*)$/i.test(title);
  return isTelling ? title : host[0]?.toUpperCase() + host.slice(1);
}

/** The vendor's own part of a host name: `acme` in `https://{tenant}.api.acme.com`. */
function hostName(baseUrl: string): string | undefined {
  const host = /^https:\/\/([^/:]+)/.exec(baseUrl)?.[1] ?? '';
  const labels = host.split('.').filter((label) => /^[a-z0-9-]+$/i.test(label));
  const [last = ''] = labels.slice(/^(?:co|com|org|net|gov|ac)$/.test(labels.at(-2) ?? '') ? -3 : -2);
  return labels.length > 1 && /[a-z]/i.test(last) ? last.toLowerCase() : undefined;
}
