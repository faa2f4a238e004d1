import * as z from 'zod';
import { described } from '../lib/described.ts';
import type { Paging } from './calls.ts';
import type { Field } from './field.ts';
import { defineProvider } from './provider.ts';
import { baseUrl, instant, pathId, text } from './schemas.ts';

/** The vendor documents every field as nullable. */
const words = (max: number): Pick<Field, 'schema' | 'clear'> => ({ schema: text(max), clear: 'null' });

/** Archived people are left out by default; `status` marks them. */
const everybody = { showArchived: 'true' };

const paging = (size: number): Paging => ({
  kind: 'number',
  parameter: 'page',
  first: 1,
  size: { parameter: 'pageSize', value: size },
});

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
  signIn: [{ needs: ['apiKey'], headers: { Authorization: 'Bearer {apiKey}' } }],
  credentials: ['apiKey'],
  baseUrl: 'https://api.awork.com/api/v1',

  userId: pathId,
  example: { user_id: '8f14e45f-ceea-467f-9b5d-2a1c0d3e4f50', set: { position: 'Staff Engineer' } },
  hint: 'The job is position; title is the salutation (Dr.). E-mail cannot be changed here.',

  read: { path: '/users/{userId}' },
  write: { path: '/users/{userId}', method: 'PUT', encoding: 'replace', carry: 'fields' },

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
  emails: [{ at: ['userContactInfos'], value: 'value', where: { type: 'email' } }],
  apart: ['position'],
  status: [
    { is: 'archived', when: { isArchived: [true] } },
    { is: 'deactivated', when: { isDeactivated: [true] } },
    { is: 'active', when: { isDeactivated: [false], isArchived: [false, null] } },
  ],

  find: [
    {
      by: 'name',
      path: '/users',
      query: (query) => ({ ...everybody, filterby: nameFilter(query) }),
      paging: paging(100),
    },
    {
      // No documented filter covers userContactInfos, which has the e-mail.
      by: 'email',
      path: '/users',
      query: everybody,
      paging: paging(200),
      scan: { maxPages: 25 },
    },
  ],

  probe: {
    path: '/users/me',
    shows: [['id'], ['data', 'id']],
    rights: 'API keys are admin-level by the vendor’s documents; OAuth tokens may do what their user may',
  },

  errors: {
    faults: [{ at: ['validationErrors'], path: ['property'], message: ['message'] }],
    messages: [['description']],
    codes: [
      {
        at: ['code'],
        is: { 'duplication-violation': 'uniqueness_conflict', 'concurrency-violation': 'record_changed' },
      },
    ],
  },
  statusHints: { 401: 'awork answers 401 also when the key lacks the permission (user-master-data:write).' },
  slowDown: { headers: [{ name: 'ratelimit-reset', unit: 'seconds' }] },
});

/** https://developers.awork.com/filtering: OData-like; a quote inside a string is doubled. */
function nameFilter(query: string): string {
  const words = query.trim().toLowerCase().split(/\s+/).slice(0, 4);
  return words.map((word) => `(${contains(word, 'firstName')} or ${contains(word, 'lastName')})`).join(' and ');
}

function contains(word: string, field: string): string {
  return `substringof('${word.replaceAll("'", "''")}',tolower(${field}))`;
}
