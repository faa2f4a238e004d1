import { expect, it } from 'vitest';
import { credentialTexts } from '../../../src/update/redact/sensitive.ts';
import { providerOf } from '../../support/pipeline/requests.ts';

it.each<[string, Record<string, string>, string[]]>([
  [
    'mediasilo',
    { hostContext: 'acme', username: 'jane', password: 'Secret-1' },
    ['Secret-1', `Basic ${btoa('jane:Secret-1')}`],
  ],
  [
    'dayzero',
    { token: 'dz_secret', businessId: 'b-7', userEmail: 'ops@acme.example' },
    ['dz_secret', 'Bearer dz_secret'],
  ],
  ['atomicwork', { tenant: 'acme', apiKey: 'key-of-acme', workspaceId: '7' }, ['key-of-acme']],
])('what authenticates at %s is sensitive, and the name of the account is not', (id, settings, expected) => {
  const texts = credentialTexts({ name: 'main', provider: providerOf(id), settings });
  expect([...new Set(texts)].sort()).toEqual([...expected].sort());
});
