import * as z from 'zod';
import { UsageError } from '../errors.ts';
import { described } from '../lib/described.ts';
import { isLoopback } from '../lib/loopback.ts';
import { NOTICE_FORMATS, NOTICE_PATTERNS, type NoticeTarget } from '../notify/events.ts';

const MOST_TARGETS = 20;
/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme */
const KEY_BYTES = { least: 24, most: 64 };

/** Where people and programs are told of approvals and changes. */
export function notifySchema() {
  return described(
    'Where people and programs are told of approvals and changes, at most 20 targets.',
    z.array(targetSchema()).max(MOST_TARGETS),
  );
}

function targetSchema() {
  return z.strictObject({
    url: described(
      'The address that takes the notices: https, or plain http on loopback. It is a secret; messages show its host only.',
      z.string().min(1),
    ),
    secret: described(
      'Signs each notice (Standard Webhooks): `whsec_` and 24 to 64 bytes as base64. Required for the format `json`.',
      z.string().min(1),
    ).optional(),
    events: described(
      'The events to tell of; `approval.*` and `change.*` name all of a kind. Slack and Teams get `batch.finished` in place of those of its changes.',
      eventsSchema(),
    ),
    format: described(
      'What is sent: `json` for programs, or a message for a channel of Slack or Teams. Default `json`.',
      z.enum(NOTICE_FORMATS),
    ).optional(),
  });
}

function eventsSchema() {
  return z.array(z.enum(NOTICE_PATTERNS)).min(1, 'expected at least one event').max(NOTICE_PATTERNS.length);
}

type GivenTarget = z.output<ReturnType<typeof targetSchema>>;

/** The targets as they are used. Throws a UsageError, which never contains a URL. */
export function toNoticeTargets(given: readonly GivenTarget[] = []): NoticeTarget[] {
  const seen = new Set<string>();
  return given.map(({ url: text, secret, events, format = 'json' }, index) => {
    const path = `notify[${index}]`;
    const url = toUrl(`${path}.url`, text);
    const known = `${format} ${url.href}`;
    if (seen.has(known)) throw new UsageError(`${path}.url: appears twice with the same format`);
    seen.add(known);
    if (secret === undefined && format === 'json') {
      throw new UsageError(`${path}.secret: expected a key that the receiver checks signatures with, ${KEY_SHAPE}`);
    }
    const key = secret === undefined ? undefined : toKey(`${path}.secret`, secret);
    return { url: url.href, host: url.host, key, events, format };
  });
}

const KEY_SHAPE = `whsec_ and ${KEY_BYTES.least} to ${KEY_BYTES.most} bytes as base64`;

function toUrl(path: string, text: string): URL {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
  if (!url || !(url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))) {
    throw new UsageError(`${path}: expected an https URL, or plain http on loopback`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new UsageError(`${path}: expected a URL without user and password`);
  }
  url.hash = '';
  return url;
}

function toKey(path: string, secret: string): Uint8Array {
  const text = /^whsec_([A-Za-z0-9+/]+=*)$/.exec(secret.trim())?.[1] ?? '';
  const key = Buffer.from(text, 'base64');
  const isWhole = key.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '');
  if (!isWhole || key.length < KEY_BYTES.least || key.length > KEY_BYTES.most) {
    throw new UsageError(`${path}: expected ${KEY_SHAPE}, such as: echo whsec_$(openssl rand -base64 32)`);
  }
  return Uint8Array.from(key);
}
