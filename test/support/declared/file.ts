import { checkProviderFile } from '../../../src/providers/declared/check.ts';

/** A small valid provider file, and ways to change it. */

type FileValue = string | number | boolean | null | readonly FileValue[] | { [key: string]: FileValue };
export type FileObject = Record<string, FileValue>;

export function validFile(): FileObject {
  return {
    version: 1,
    id: 'acme',
    title: 'Acme',
    docs: 'https://acme.example/docs',
    hint: 'user_id is the number in the address of the profile.',
    example: { user_id: '42', set: { title: 'Staff Engineer' } },
    settings: {
      tenant: { kind: 'text', description: 'the part before .acme.example' },
      host: { kind: 'host', description: 'a host' },
      issuer: { kind: 'url', description: 'where tokens come from' },
      region: { kind: 'text', description: 'a region', optional: true },
      token: { kind: 'secret', description: 'an API key' },
    },
    baseUrl: 'https://{tenant}.api.acme.example/v1',
    headers: { 'X-Region': '{region}', 'X-Issuer': '{issuer}', 'X-Host': '{host}' },
    auth: { headers: { Authorization: 'Bearer {token}' } },
    userId: { kind: 'digits' },
    read: { path: '/users/{userId}' },
    write: { method: 'PATCH', path: '/users/{userId}', encoding: 'merge-patch' },
    fields: {
      title: { pointer: '/profile/title', type: 'text', sensitivity: 'public', effect: 'ordinary', clear: 'null' },
      email: { pointer: '/profile/email', type: 'email', sensitivity: 'personal', effect: 'identity' },
      address: {
        type: 'object',
        keys: { city: { type: 'text' }, zip: { type: 'text', maxLength: 10 } },
        sensitivity: 'personal',
        effect: 'ordinary',
      },
      roles: { type: 'list', items: { type: 'text' }, sensitivity: 'public', effect: 'access' },
      level: { type: 'integer', minimum: 1, sensitivity: 'public', effect: 'ordinary' },
    },
    openFields: { custom: { pointer: '/profile', sensitivity: 'personal', effect: 'ordinary', clear: 'null' } },
    readOnly: { id: 'public', created: { pointer: '/meta/created', sensitivity: 'public' } },
    volatile: ['created'],
    ids: ['id'],
    label: [['email']],
    emails: ['/profile/email'],
    status: [],
    find: [{ by: 'email', path: '/users', query: { filter: 'email eq {query}' }, quote: 'json', list: '/users' }],
    errors: {},
    probe: { path: '/users', shows: 'list', rights: 'reads users' },
  };
}

/** The file with a value at a path, or without it where the value is undefined. */
export function withValue(file: FileObject, path: readonly (string | number)[], value: unknown): FileObject {
  const copy = structuredClone(file);
  const outer = path
    .slice(0, -1)
    .reduce<unknown>((found, key) => (found as Record<string | number, unknown>)[key], copy);
  const last = path.at(-1) ?? '';
  if (value === undefined) delete (outer as Record<string | number, unknown>)[last];
  else (outer as Record<string | number, unknown>)[last] = value;
  return copy;
}

/** The faults of a file, as `pointer: message`. */
export function faultsOf(file: unknown): string[] {
  const checked = checkProviderFile(file);
  return checked.ok ? [] : checked.faults.map(({ pointer, message }) => `${pointer}: ${message}`);
}
