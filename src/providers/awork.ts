import * as z from 'zod';
import { described } from '../lib/described.ts';
import { isObject, type Json, type JsonObject, valueAt } from '../lib/json/json-value.ts';
import { defineProvider, type Field } from './provider.ts';
import { faultOf, hasId, listIn, quoteIn } from './response-shapes.ts';
import { baseUrl, instant, pathId, text } from './schemas.ts';

/** The vendor documents every field as nullable. */
const words = (max: number): Pick<Field, 'schema' | 'clear'> => ({ schema: text(max), clear: 'null' });

/**
 * awork. Its PUT replaces the whole model: the vendor's staff say so of PUT in general
 * (https://github.com/awork-io/awork/issues/89 and /139), so all seven fields are always sent back.
 */
export const awork = defineProvider({
  id: 'awork',
  title: 'awork',
  docs: 'https://developers.awork.com/apiv1/users/updates-the-user-with-the-specified-id',
  settings: () => z.strictObject({ apiKey: described('An API key.', z.string().min(1)), baseUrl: baseUrl() }),
  env: { apiKey: 'AWORK_API_KEY', baseUrl: 'AWORK_BASE_URL' },
  signIn: [['apiKey']],
  credentials: ['apiKey'],
  baseUrl: (settings) => settings.baseUrl ?? 'https://api.awork.com/api/v1',
  auth: (settings) => ({ Authorization: `Bearer ${settings.apiKey}` }),

  userId: pathId,
  example: { user_id: '8f14e45f-ceea-467f-9b5d-2a1c0d3e4f50', set: { position: 'Staff Engineer' } },
  hint: 'The job is position; title is the salutation (Dr.). E-mail cannot be changed here.',

  read: { path: '/users/{userId}' },
  write: { path: '/users/{userId}', semantics: 'replace', carry: 'fields' },

  fields: () => ({
    firstName: { ...words(1000), sensitivity: 'personal', effect: 'ordinary' },
    lastName: { ...words(1000), sensitivity: 'personal', effect: 'ordinary' },
    birthDate: {
      schema: instant().refine((value) => Date.parse(value) <= Date.now(), { error: 'must not be in the future' }),
      sensitivity: 'personal',
      effect: 'ordinary',
      clear: 'null',
      compare: 'instant',
    },
    gender: { ...words(25), sensitivity: 'personal', effect: 'ordinary' },
    title: { ...words(100), sensitivity: 'personal', effect: 'ordinary' },
    position: { ...words(1000), sensitivity: 'public', effect: 'ordinary' },
    language: { ...words(25), sensitivity: 'public', effect: 'ordinary' },
  }),
  readOnly: {
    id: 'public',
    status: 'public',
    createdOn: 'public',
    createdBy: 'public',
    updatedOn: 'public',
    updatedBy: 'public',
    isArchived: 'public',
    isDeactivated: 'public',
    isAgent: 'public',
    isExternal: 'public',
    deactivatedOn: 'public',
    deletedOn: 'public',
    hasImage: 'public',
    shouldMigrateToConnect: 'public',
    resourceVersion: 'public',
    userContactInfos: 'personal',
    tags: 'public',
    teams: 'public',
  },
  volatile: ['updatedOn', 'updatedBy', 'resourceVersion'],
  version: [['resourceVersion'], ['updatedOn']],
  ids: ['id'],
  label: [['firstName', 'lastName'], ['lastName'], ['firstName']],
  emails: contactEmails,
  apart: ['position'],
  status(record) {
    if (record['isArchived'] === true) return 'archived';
    if (record['isDeactivated'] === true) return 'deactivated';
    return record['isDeactivated'] === false && isAbsentOrFalse(record['isArchived']) ? 'active' : undefined;
  },

  find: [
    {
      by: 'name',
      path: (query, page) => `/users?${new URLSearchParams({ ...paging(page, 100), filterby: nameFilter(query) })}`,
      list: listIn,
    },
    {
      // No documented filter covers userContactInfos, which has the e-mail.
      by: 'email',
      path: (_query, page) => `/users?${new URLSearchParams(paging(page, 200))}`,
      list: listIn,
      scan: { maxPages: 25 },
    },
  ],

  probe: {
    path: '/users/me',
    isAnswer: hasId,
    rights: () => 'API keys are admin-level by the vendor’s documents; OAuth tokens may do what their user may',
  },

  decodeError(status, body) {
    if (!isObject(body)) return {};
    const said = Array.isArray(body['validationErrors']) ? body['validationErrors'].filter(isObject) : [];
    const faults = said.map((fault) => faultOf(fault['property'], fault['message']));
    const quote = quoteIn(body['description']);
    const kinds = {
      'duplication-violation': 'uniqueness_conflict',
      'concurrency-violation': 'record_changed',
    } as const;
    const code = String(body['code']);
    return {
      ...(status < 500 && Object.hasOwn(kinds, code) && { kind: kinds[code as keyof typeof kinds] }),
      ...(faults.length > 0 ? { faults } : quote && { faults: [quote] }),
    };
  },
  statusHints: { 401: 'awork answers 401 also when the key lacks the permission (user-master-data:write).' },
  slowDown: { headers: ['ratelimit-reset'] },
});

function isAbsentOrFalse(value: Json | undefined): boolean {
  return value === undefined || value === null || value === false;
}

function contactEmails(record: JsonObject): string[] {
  const infos = record['userContactInfos'];
  return (Array.isArray(infos) ? infos : [])
    .filter((info) => valueAt(info, ['type']) === 'email')
    .map((info) => valueAt(info, ['value']))
    .filter((value) => typeof value === 'string');
}

/** Archived people are left out by default; `status` marks them. */
function paging(page: number, pageSize: number) {
  return { page: String(page + 1), pageSize: String(pageSize), showArchived: 'true' };
}

/** https://developers.awork.com/filtering: OData-like; a quote inside a string is doubled. */
function nameFilter(query: string): string {
  const words = query.trim().toLowerCase().split(/\s+/).slice(0, 4);
  return words.map((word) => `(${contains(word, 'firstName')} or ${contains(word, 'lastName')})`).join(' and ');
}

function contains(word: string, field: string): string {
  return `substringof('${word.replaceAll("'", "''")}',tolower(${field}))`;
}
