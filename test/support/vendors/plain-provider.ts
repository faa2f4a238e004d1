import * as z from 'zod';
import type { Field } from '../../../src/providers/field.ts';
import type { Provider } from '../../../src/providers/provider.ts';
import { pathId } from '../../../src/providers/schemas.ts';
import type { Connection } from '../../../src/update/types.ts';

/** A provider with nothing but what the type requires, and what a test adds. */
export function plainProvider(more: Partial<Provider> = {}): Provider {
  return {
    id: 'plain',
    title: 'Plain',
    docs: 'https://plain.example/docs',
    settings: z.looseObject({}),
    env: {},
    signIn: [{ needs: ['token'], headers: { Authorization: 'Bearer {token}' } }],
    credentials: ['token'],
    baseUrl: 'https://{host}/api',
    userId: pathId(),
    example: { user_id: '1', set: { title: 'CEO' } },
    hint: '',
    read: { path: '/users/{userId}' },
    write: { path: '/users/{userId}', method: 'PUT', encoding: 'merge' },
    fields: { title: plainField() },
    readOnly: { id: 'public' },
    volatile: [],
    ids: ['id'],
    label: [['name']],
    emails: [{ at: ['email'] }],
    status: [],
    find: [],
    probe: { path: '/users', shows: 'list', rights: 'reads users' },
    errors: {},
    ...more,
  };
}

/** A public text. */
export function plainField(more: Partial<Field> = {}): Field {
  return { schema: z.string(), sensitivity: 'public', effect: 'ordinary', ...more };
}

/** A connection of such a provider. */
export function plainConnection(
  baseUrl: string,
  more: Partial<Provider> = {},
  settings: Record<string, unknown> = {},
): Connection {
  return { name: 'main', provider: plainProvider(more), settings: { token: 'plain-token', baseUrl, ...settings } };
}
