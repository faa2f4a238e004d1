import { expect, it } from 'vitest';
import { isSubscribed, NOTICE_TYPES } from '../../src/notify/events.ts';
import { SIGNING_SECRET as secret } from '../support/notices/receiver.ts';
import { settingsFrom } from '../support/pipeline/pipeline.ts';

const url = 'https://hooks.example.com/services/T0/B0/a-secret-path';
const one = { url, secret, events: ['*'] };

it('takes targets of every format, with a key where one is needed', () => {
  const loopback = 'http://127.0.0.1:9999/x';
  const { notify } = settingsFrom({
    notify: [
      { ...one, events: ['approval.requested', 'change.*'] },
      { url, events: ['approval.*'], format: 'slack' },
      { url: loopback, events: ['*'], format: 'teams' },
    ],
  });
  expect(notify).toEqual([
    {
      url,
      host: 'hooks.example.com',
      key: Uint8Array.from(Buffer.from(secret.slice(6), 'base64')),
      events: ['approval.requested', 'change.*'],
      format: 'json',
    },
    { url, host: 'hooks.example.com', key: undefined, events: ['approval.*'], format: 'slack' },
    { url: loopback, host: '127.0.0.1:9999', key: undefined, events: ['*'], format: 'teams' },
  ]);
  expect(settingsFrom({}).notify).toEqual([]);
});

it.each<[string, object[], string]>([
  ['plain http', [{ ...one, url: 'http://hooks.example.com/a-secret-path' }], 'notify[0].url: expected an https URL'],
  ['no URL', [{ ...one, url: 'hooks.example.com/a-secret-path' }], 'notify[0].url: expected an https URL'],
  [
    'a password',
    [{ ...one, url: 'https://ann:a-secret-path@example.com/' }],
    'notify[0].url: expected a URL without user',
  ],
  ['no key for json', [{ url, events: ['*'] }], 'notify[0].secret: expected a key'],
  ['a key without its prefix', [{ ...one, secret: secret.slice(6) }], 'notify[0].secret: expected whsec_'],
  ['a short key', [{ ...one, secret: `whsec_${Buffer.alloc(23).toString('base64')}` }], 'notify[0].secret'],
  ['a long key', [{ ...one, secret: `whsec_${Buffer.alloc(65).toString('base64')}` }], 'notify[0].secret'],
  ['a key that is not base64', [{ ...one, secret: `${secret}!` }], 'notify[0].secret'],
  ['the same target twice', [one, one], 'notify[1].url: appears twice'],
  ['no events', [{ ...one, events: [] }], 'notify[0].events: expected at least one'],
  ['an unknown event', [{ ...one, events: ['change.undone'] }], 'notify[0].events[0]'],
  ['too many', Array.from({ length: 21 }, (_, i) => ({ ...one, url: `${url}${i}` })), 'notify'],
  ['an unknown key', [{ ...one, methode: 'PUT' }], 'notify[0].methode: not a known key'],
])('refuses %s, with its place and without the URL', (_, notify, message) => {
  const attempt = () => settingsFrom({ notify });
  expect(attempt).toThrow(message);
  expect(attempt).toThrow(/line \d+, column \d+/);
  expect(attempt).not.toThrow('a-secret-path');
});

it('knows patterns of events', () => {
  const named = (...patterns: string[]) => NOTICE_TYPES.filter((type) => isSubscribed(type, patterns));
  expect(named('*')).toEqual(NOTICE_TYPES);
  expect(named('approval.*')).toEqual(['approval.requested', 'approval.decided', 'approval.expired']);
  expect(named('change.*')).toHaveLength(6);
  expect(named('change.failed', 'approval.expired')).toEqual(['approval.expired', 'change.failed']);
});
