import { describe, expect, it } from 'vitest';
import { settingsFrom } from '../support/pipeline/pipeline.ts';

const hash = (letter: string) => letter.repeat(64);
const read = (http: unknown) => settingsFrom({ http }).http;
const token = (name: string, sha256 = hash('a')) => ({ name, sha256, scopes: ['users:read'] });

it('HTTP settings have defaults, except auth', () => {
  expect(settingsFrom({}).http).toEqual({
    publicUrl: undefined,
    allowedHosts: [],
    allowedOrigins: [],
    sessions: { max: 1000, idleMs: 1_800_000 },
    rateLimit: { perMinute: 600 },
    bodyBytes: 1_048_576,
    auth: undefined,
  });
});

it('HTTP settings are read from the file', () => {
  const http = read({
    publicUrl: 'https://Users.example.com/',
    allowedHosts: ['Inner.example.com', '[::1]'],
    allowedOrigins: ['https://chat.example.com:8443'],
    sessions: { max: 5, idleMinutes: 1 },
    auth: { tokens: [token('one'), token('two', hash('b'))] },
  });
  expect(http).toMatchObject({
    publicUrl: 'https://users.example.com',
    allowedHosts: ['inner.example.com', '[::1]'],
    allowedOrigins: ['https://chat.example.com:8443'],
    sessions: { max: 5, idleMs: 60_000 },
    auth: { tokens: [{ name: 'one' }, { name: 'two' }] },
  });
});

describe('mistakes', () => {
  const oauth = { issuer: 'https://issuer.example.com', audience: 'x', jwks: 'https://issuer.example.com/jwks.json' };
  it.each([
    ['an empty auth', { auth: {} }, /http\.auth: expected tokens or oauth/],
    ['no tokens', { auth: { tokens: [] } }, /http\.auth: expected tokens or oauth/],
    ['two tokens of a name', { auth: { tokens: [token('one'), token('ONE', hash('b'))] } }, /tokens\[1\]\.name/],
    ['a token twice', { auth: { tokens: [token('one'), token('two', hash('A'))] } }, /tokens\[1\]\.sha256/],
    ['a token called local', { auth: { tokens: [token('Local')] } }, /reserved/],
    ['a token called anonymous', { auth: { tokens: [token('anonymous')] } }, /reserved/],
    ['a token called operator', { auth: { tokens: [token('Operator')] } }, /reserved/],
    ['a name like an OAuth caller', { auth: { tokens: [token('https://issuer.example.com#jane')] } }, /name/],
    ['an invalid hash', { auth: { tokens: [token('one', 'secret')] } }, /sha256.*SHA-256/],
    ['an unknown scope', { auth: { tokens: [{ ...token('one'), scopes: ['admin'] }] } }, /scopes/],
    [
      'keys over plain http',
      { auth: { oauth: { ...oauth, jwks: 'http://issuer.example.com/jwks' } } },
      /jwks: expected an https/,
    ],
    [
      'an issuer whose callers look like approvers',
      { auth: { oauth: { ...oauth, issuer: 'approver:ann' } } },
      /issuer: expected an https/,
    ],
    ['a token that looks like an approver', { auth: { tokens: [token('approver:ann')] } }, /expected letters, digits/],
    [
      'a path in the public URL',
      { publicUrl: 'https://example.com/users' },
      /http\.publicUrl: expected scheme and host/,
    ],
    ['a path in an origin', { allowedOrigins: ['https://example.com/chat'] }, /http\.allowedOrigins/],
    ['a host with a port', { allowedHosts: ['example.com:80'] }, /allowedHosts/],
    ['an unknown key', { port: 80 }, /http\.port: not a known key/],
  ])('%s: names the key', (_name, http, message) => {
    expect(() => read(http)).toThrow(message);
  });
});
