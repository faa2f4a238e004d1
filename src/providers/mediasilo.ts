import * as z from 'zod';
import { described } from '../lib/described.ts';
import { isObject, type Json, type JsonObject } from '../lib/json/json-value.ts';
import type { Field } from './field.ts';
import { defineProvider } from './provider.ts';
import { baseUrl, email, flag, pathId, text } from './schemas.ts';

const STATUSES = ['ACTIVE', 'LOCKED', 'DELETED'] as const;
const ADDRESS_KEYS = ['address1', 'address2', 'city', 'province', 'postalCode', 'country'] as const;

/**
 * MediaSilo v3, "Phoenix" (now SHIFT). That omitted fields are kept is implied, not stated. Neither the body of errors
 * nor whether `address` is replaced or merged is documented: it is merged here and sent whole.
 */
export const mediasilo = defineProvider({
  id: 'mediasilo',
  title: 'MediaSilo',
  docs: 'https://phoenix.readme.io/reference/update-current-user',
  settings: () =>
    z
      .strictObject({
        hostContext: described('The host, sent as `MediaSiloHostContext`.', z.string().min(1)).optional(),
        username: described('The name to sign in with.', z.string().min(1)).optional(),
        password: described('The password of that name.', z.string().min(1)).optional(),
        sessionKey: described('A session key, in place of name and password.', z.string().min(1)).optional(),
        key: described('An API key, sent as `x-key`.', z.string().min(1)).optional(),
        secret: described('The secret of the API key, sent as `x-secret`.', z.string().min(1)).optional(),
        baseUrl: baseUrl(),
      })
      .refine((s) => (s.username && s.password) || s.sessionKey || (s.key && s.secret), {
        path: ['username'],
        error: 'expected username and password, or sessionKey, or key and secret',
      })
      .refine((s) => s.hostContext || (s.key && s.secret), { path: ['hostContext'], error: 'needed to sign in' }),
  env: {
    hostContext: 'MEDIASILO_HOST_CONTEXT',
    username: 'MEDIASILO_USERNAME',
    password: 'MEDIASILO_PASSWORD',
    sessionKey: 'MEDIASILO_SESSION_KEY',
    key: 'MEDIASILO_KEY',
    secret: 'MEDIASILO_SECRET',
    baseUrl: 'MEDIASILO_BASE_URL',
  },
  signIn: [
    { needs: ['hostContext', 'username', 'password'], basic: ['{username}', '{password}'] },
    { needs: ['hostContext', 'sessionKey'], headers: { MediaSiloSessionKey: '{sessionKey}' } },
    { needs: ['key', 'secret'], headers: { 'x-key': '{key}', 'x-secret': '{secret}' } },
  ],
  credentials: ['password', 'sessionKey', 'secret', 'key'],
  baseUrl: 'https://api.mediasilo.com/v3',
  headers: { MediaSiloHostContext: '{hostContext}' },

  userId: pathId,
  example: { user_id: '5a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5d', set: { company: 'Acme Pictures' } },
  hint: 'status DELETED deletes the user. address is merged key by key.',

  read: { path: '/users/{userId}' },
  write: { path: '/users/{userId}', method: 'PUT', encoding: 'merge' },

  fields() {
    /** "sending empty data will delete this field", https://phoenix.readme.io/reference/create-user and the update page. */
    const deletableName: Field = {
      schema: text(),
      sensitivity: 'personal',
      effect: 'ordinary',
      clear: 'empty',
    };
    const phone: Field = { schema: text(), sensitivity: 'personal', effect: 'ordinary' };
    return {
      userName: {
        schema: text().regex(/^[A-Za-z0-9._@-]+$/, 'letters, digits, period, dash, underscore and @ only'),
        sensitivity: 'personal',
        effect: 'identity',
      },
      password: {
        schema: text().min(8).refine(isStrong, {
          error: 'needs a digit, an upper case and a lower case letter and one of -+_!@#$%^&*,.',
        }),
        sensitivity: 'secret',
        effect: 'secret',
        readback: false,
      },
      firstName: deletableName,
      lastName: deletableName,
      company: { schema: text(), sensitivity: 'public', effect: 'ordinary' },
      email: { schema: email(), sensitivity: 'personal', effect: 'identity' },
      phone,
      mobile: phone,
      address: {
        schema: z.strictObject(Object.fromEntries(ADDRESS_KEYS.map((key) => [key, text().optional()]))),
        sensitivity: 'personal',
        effect: 'ordinary',
        merge: { keys: ADDRESS_KEYS },
      },
      status: {
        schema: z.enum(STATUSES),
        sensitivity: 'public',
        effect: 'lifecycle',
        warnings: [
          { after: ['DELETED'], says: 'This deletes their account at MediaSilo', headline: 'deletes' },
          { after: ['LOCKED'], says: 'This takes their access to MediaSilo away', headline: 'lifecycle_loses' },
          { before: ['DELETED'], says: 'This restores their deleted account at MediaSilo', headline: 'restores' },
          { says: 'This gives their access to MediaSilo back', headline: 'lifecycle_gains' },
        ],
      },
      sso: { schema: flag(), sensitivity: 'public', effect: 'access' },
      ssoId: { schema: text(), sensitivity: 'personal', effect: 'access' },
      defaultRoleTemplateId: { schema: text(), sensitivity: 'public', effect: 'access', refers: 'other' },
    };
  },
  readOnly: {
    id: 'public',
    numericId: 'public',
    accountId: 'public',
    roles: 'public',
    tags: 'public',
    type: 'public',
    dateCreated: 'public',
    lastLogin: 'public',
    shiftProfile: 'personal',
  },
  volatile: ['lastLogin', 'dateModified'],
  ids: ['id', 'numericId'],
  label: [['firstName', 'lastName'], ['lastName'], ['firstName']],
  emails: [{ at: ['email'] }, { at: ['userName'] }],
  apart: ['company'],
  status: STATUSES.map((status) => ({ is: status.toLowerCase(), when: { status: [status] } })),
  rules: [passwordWithoutUserName, ssoIdNeedsSso],

  find: [
    // https://phoenix.readme.io/reference/restful-querying; likely for users too, but not shown there.
    { by: 'email', path: '/users', query: { email: '{query}', _pageSize: '50' } },
    { by: 'username', matches: ['userName'], path: '/users', query: { userName: '{query}', _pageSize: '50' } },
    { by: 'name', path: '/users', query: (query) => ({ lastName: contains(longestWord(query)), _pageSize: '50' }) },
    { by: 'name', path: '/users', query: (query) => ({ firstName: contains(longestWord(query)), _pageSize: '50' }) },
  ],

  probe: { path: '/me', shows: [['id'], ['data', 'id']], rights: accountRole },

  errors: { messages: [['message'], ['error'], ['description']] },
  slowDown: { statuses: [420] },
});

/** The update page: updating others needs the account role ADMINISTRATOR. SHIFT calls it `type`. */
function accountRole(me: Json): string {
  const words = isObject(me) ? JSON.stringify([me['type'], me['roles']]).toLowerCase() : '';
  if (words.includes('administrator')) return 'an administrator: may update every user of the account';
  return 'no administrator role is shown: it may be able to update itself only';
}

function isStrong(password: string): boolean {
  return [/\d/, /[A-Z]/, /[a-z]/, /[-+_!@#$%^&*,.]/].every((needed) => needed.test(password));
}

function passwordWithoutUserName(after: JsonObject, requested: ReadonlySet<string>, before: JsonObject) {
  const password = after['password'];
  if (!requested.has('password') || typeof password !== 'string') return undefined;
  const names = [before['userName'], after['userName']].filter((name) => typeof name === 'string' && name !== '');
  if (!names.some((name) => password.toLowerCase().includes(String(name).toLowerCase()))) return undefined;
  return { field: 'password', message: 'must not contain the user name' };
}

function ssoIdNeedsSso(after: JsonObject, requested: ReadonlySet<string>) {
  if (!requested.has('ssoId') || after['sso'] === true) return undefined;
  return { field: 'ssoId', message: 'is used with sso: true only; set sso too' };
}

/** First and last name have separate filters, and the query does not say which word is which. */
function longestWord(query: string): string {
  return query
    .trim()
    .split(/\s+/)
    .reduce((longest, word) => (word.length > longest.length ? word : longest), '');
}

function contains(text: string): string {
  return JSON.stringify({ ct: text });
}
