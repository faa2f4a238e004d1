import * as z from 'zod';
import { described } from '../lib/described.ts';
import type { Field } from './field.ts';
import { defineProvider } from './provider.ts';
import { baseUrl, date, email, flag, freeObject, int64, text } from './schemas.ts';

/**
 * Atomicwork. Omitted, null and empty values are not documented, and every response body is declared empty. Read names
 * are assumed to equal write names; references may be read as `{ id }`, days with a time, records in a `data` envelope.
 * Where that guess is wrong a change ends `unverified`, never `updated`.
 */
export const atomicwork = defineProvider({
  id: 'atomicwork',
  title: 'Atomicwork',
  docs: 'https://developer-test.atomicwork.com/api-reference/atomicwork-public-api/users/putapi-v-1-users-user-id',
  settings: () =>
    z
      .strictObject({
        tenant: described('The subdomain of atomicwork.com.', z.string().regex(/^[A-Za-z0-9-]+$/)).optional(),
        apiKey: described('An API key.', z.string().min(1)),
        workspaceId: described('The workspace, sent as `X-Workspace-Id`.', z.string().regex(/^\d+$/)).optional(),
        baseUrl: baseUrl(),
      })
      .refine((settings) => settings.tenant ?? settings.baseUrl, {
        path: ['tenant'],
        error: 'needed without a baseUrl',
      }),
  env: {
    tenant: 'ATOMICWORK_TENANT',
    apiKey: 'ATOMICWORK_API_KEY',
    workspaceId: 'ATOMICWORK_WORKSPACE_ID',
    baseUrl: 'ATOMICWORK_BASE_URL',
  },
  signIn: [{ needs: ['tenant', 'apiKey'], headers: { 'X-Api-Key': '{apiKey}' } }],
  credentials: ['apiKey'],
  baseUrl: 'https://{tenant}.atomicwork.com',
  headers: { 'X-Workspace-Id': '{workspaceId}' },

  userId: () => z.string().regex(/^\d{1,19}$/, 'expected the numeric user id as a string of digits'),
  example: { user_id: '42', set: { title: 'Staff Engineer' } },
  hint: 'Ids (department, manager …) differ by tenant: never guess one; big ids as strings.',

  read: { path: '/api/v1/users/{userId}' },
  write: {
    path: '/api/v1/users/{userId}',
    method: 'PUT',
    encoding: 'merge',
    // The PUT schema has defaults for these two, and this vendor's stack applies schema defaults elsewhere. Whether it
    // does here is a guess; sending them as read is harmless if it does not. An empty value has no documented form, so
    // nothing safe can be sent for it.
    echo: { timezone: { default: 'America/Los_Angeles' }, has_reporters: { default: false } },
  },

  fields() {
    const name: Field = { schema: text(), sensitivity: 'personal', effect: 'ordinary' };
    const word: Field = { schema: text(), sensitivity: 'public', effect: 'ordinary' };
    const day: Field = { schema: date(), sensitivity: 'personal', effect: 'ordinary', compare: 'day' };
    const id: Field = { schema: int64(), sensitivity: 'public', effect: 'ordinary', compare: 'id' };
    // Only users have a documented read: https://github.com/api-evangelist/atomicwork/blob/main/openapi/atomicwork-users-api-openapi.yml
    const reference: Field = { ...id, refers: 'other' };
    // Managers and HR partners approve requests, so naming one grants access.
    const approver: Field = {
      ...id,
      refers: 'user',
      effect: 'access',
      warnings: [{ says: 'This changes who approves their requests at Atomicwork' }],
    };
    const identityLink: Field = { schema: text(), sensitivity: 'personal', effect: 'access' };
    return {
      email: { schema: email(), sensitivity: 'personal', effect: 'identity' },
      first_name: name,
      middle_name: name,
      last_name: name,
      personal_email: { schema: email(), sensitivity: 'personal', effect: 'identity' },
      timezone: word,
      language: word,
      state: name,
      city: name,
      country: name,
      department: reference,
      team: reference,
      level: word,
      title: word,
      address: name,
      originally_hired: day,
      joined_on: day,
      terminated_on: {
        ...day,
        effect: 'lifecycle',
        warnings: [{ says: 'This sets the day they leave; their access to Atomicwork may end with it' }],
      },
      employee_id: name,
      date_of_birth: day,
      phone_number: name,
      gender: name,
      hr: approver,
      manager: approver,
      company_legal_entity: reference,
      employment_status: {
        ...word,
        effect: 'lifecycle',
        warnings: [
          {
            says: 'This changes their employment status; at Atomicwork that may take their access away or give it back',
          },
        ],
      },
      slack_id: identityLink,
      azure_id: identityLink,
      external_id: identityLink,
      external_app_type: {
        schema: z.enum(['MICROSOFT', 'OKTA', 'GOOGLE', 'RAPID7', 'JUMPCLOUD']),
        sensitivity: 'public',
        effect: 'access',
      },
      org_roles: {
        schema: z.array(int64()),
        sensitivity: 'public',
        effect: 'access',
        compare: 'set',
        refers: 'other',
      },
      password: { schema: text(), sensitivity: 'secret', effect: 'secret', readback: false },
      profile_image: id,
      custom_fields: { schema: freeObject(), sensitivity: 'personal', effect: 'ordinary', merge: {} },
      is_deleted: {
        schema: flag(),
        sensitivity: 'public',
        effect: 'lifecycle',
        warnings: [
          { after: [true], says: 'This deletes their account at Atomicwork', headline: 'deletes' },
          { says: 'This restores their deleted account at Atomicwork', headline: 'restores' },
        ],
      },
      has_reporters: { schema: flag(), sensitivity: 'public', effect: 'ordinary' },
      notification_enabled: { schema: flag(), sensitivity: 'public', effect: 'ordinary' },
    };
  },
  readOnly: {
    id: 'public',
    display_name: 'personal',
    created_at: 'public',
    updated_at: 'public',
    type: 'public',
    workspaces: 'public',
  },
  volatile: ['updated_at'],
  version: [['updated_at']],
  ids: ['id'],
  label: [['display_name'], ['first_name', 'last_name'], ['last_name'], ['first_name']],
  emails: [{ at: ['email'] }, { at: ['personal_email'] }],
  apart: ['title', 'level', 'department', 'team'],
  status: [
    { is: 'deleted', when: { is_deleted: [true] } },
    { is: 'active', when: { is_deleted: [false] } },
  ],

  find: [
    // The response of this look-up is not documented.
    { by: 'email', path: '/api/v1/users/{query}/email-lookup', single: true },
    { by: 'name', path: '/api/v1/users', query: { search_key: '{query}' } },
    // `is_deleted` defaults to false here; look-ups by e-mail and by id find deleted people too.
    { by: 'name', path: '/api/v1/users', query: { search_key: '{query}', is_deleted: 'true' } },
    // The company's own employee number; `page` is required.
    {
      by: 'id',
      matches: ['employee_id'],
      path: '/api/v1/users/list',
      query: { page: '1', user_status: 'ALL', employee_id: '{query}' },
    },
  ],

  probe: {
    path: '/api/v1/users/list',
    query: { page: '1', per_page: '1' },
    shows: 'list',
    rights: 'reads users of its workspace; whether it may write shows only when writing',
  },

  errors: {
    messages: [['error']],
    codes: [
      {
        at: ['code'],
        statuses: [400],
        contains: {
          duplicate: 'uniqueness_conflict',
          already: 'uniqueness_conflict',
          exists: 'uniqueness_conflict',
          unique: 'uniqueness_conflict',
          conflict: 'uniqueness_conflict',
        },
      },
    ],
  },
});
