import * as z from 'zod';
import { described } from '../lib/described.ts';
import type { Field } from './field.ts';
import { defineProvider } from './provider.ts';
import { baseUrl, flag, freeObject, httpUrl, pathId, text } from './schemas.ts';

/**
 * DayZero. What happens to omitted fields is not documented; every field is optional and worded "Updated …". Newer
 * pages wrap responses in `{ success, message, code, data }`, older ones and the single read do not: both are accepted.
 */
export const dayzero = defineProvider({
  id: 'dayzero',
  title: 'DayZero',
  docs: 'https://www.ondayzero.com/docs/reference/user/update-user',
  settings: () =>
    z.strictObject({
      token: described('An API token.', z.string().min(1)),
      businessId: described('The business, sent as `x-business-id`.', z.string().min(1)),
      userEmail: described(
        'An e-mail address for the audit trail of the vendor, sent as `x-user-email`.',
        z.email(),
      ).optional(),
      baseUrl: baseUrl(),
    }),
  env: {
    token: 'DAYZERO_TOKEN',
    businessId: 'DAYZERO_BUSINESS_ID',
    userEmail: 'DAYZERO_USER_EMAIL',
    baseUrl: 'DAYZERO_BASE_URL',
  },
  signIn: [
    {
      needs: ['token', 'businessId'],
      headers: { Authorization: 'Bearer {token}', 'x-business-id': '{businessId}' },
    },
  ],
  credentials: ['token'],
  baseUrl: 'https://api.ondayzero.com',
  headers: { 'x-user-email': '{userEmail}' },

  userId: pathId,
  example: { user_id: '01940f3a-7c2b-7d4e-9a61-3b5c7d9e1f20', set: { first_name: 'Jane' } },
  hint: 'props is merged key by key; clear one with props.KEY. E-mail and role cannot be changed here.',

  read: { path: '/api/v1/users/{userId}' },
  write: { path: '/api/v1/users/{userId}', method: 'PUT', encoding: 'merge' },

  fields() {
    const name: Field = { schema: text(), sensitivity: 'personal', effect: 'ordinary' };
    return {
      first_name: name,
      last_name: name,
      photo_url: { schema: httpUrl(), sensitivity: 'personal', effect: 'ordinary' },
      onboarded: {
        schema: flag(),
        sensitivity: 'public',
        effect: 'lifecycle',
        warnings: [
          {
            after: [true],
            says: 'This marks them as onboarded, which opens DayZero to them',
            headline: 'lifecycle_gains',
          },
          {
            says: 'This sends them back to onboarding, which takes their access to DayZero away until it is done',
            headline: 'lifecycle_loses',
          },
        ],
      },
      // Whether the vendor merges or replaces `props` is unknown; it is sent whole, so both have the same result.
      props: { schema: freeObject(), sensitivity: 'personal', effect: 'ordinary', merge: { clear: 'omit' } },
    };
  },
  readOnly: {
    id: 'public',
    email: 'personal',
    created_at: 'public',
    updated_at: 'public',
    firm_ids: 'public',
    role: 'public',
  },
  volatile: ['updated_at'],
  version: [['updated_at']],
  ids: ['id'],
  label: [['first_name', 'last_name'], ['last_name'], ['first_name']],
  emails: [{ at: ['email'] }],
  apart: ['role'],
  status: [
    { is: 'active', when: { onboarded: [true] } },
    { is: 'not onboarded', when: { onboarded: [false] } },
  ],

  find: [
    { by: 'email', path: '/api/v1/users', query: { email: '{query}', limit: '50' } },
    { by: 'name', path: '/api/v1/users', query: { search: '{query}', limit: '50' } },
  ],

  probe: {
    path: '/api/v1/users',
    query: { limit: '1' },
    shows: 'list',
    rights: 'reads users of its business; whether it may write shows only when writing',
  },

  errors: {
    faults: [
      { at: ['detail'], path: ['loc'], message: ['msg'] },
      { at: ['message'], path: ['loc'], message: ['msg'] },
    ],
    messages: [['detail'], ['message']],
  },
  statusHints: {
    404: 'DayZero answers 404 for an unknown user and also for a wrong business id (DAYZERO_BUSINESS_ID).',
  },
});
