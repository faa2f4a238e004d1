import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createCsrf } from '../../../src/server/approvals/csrf.ts';
import { sourceOf } from '../../../src/server/approvals/routes/sign-in.ts';
import { type ApproverSession, createSessionCodec } from '../../../src/server/approvals/session.ts';

const ann = { name: 'ann', verifier: 'scrypt$…' };

describe('sessions', () => {
  const key = randomBytes(32);

  it('expire when idle, and after the absolute limit', () => {
    let now = 0;
    const sessions = createSessionCodec(key, { idleMs: 10, absoluteMs: 25 }, () => now);
    let cookie = sessions.toCookie(sessions.create(ann));
    const isExpired = () => sessions.isExpired(sessions.parseCookie(cookie) as ApproverSession);
    const renew = () => {
      cookie = sessions.toCookie(sessions.parseCookie(cookie) as ApproverSession);
    };
    for (now of [9, 18, 24]) {
      expect(isExpired()).toBe(false);
      renew();
    }
    now = 25;
    expect(isExpired()).toBe(true);
    cookie = sessions.toCookie(sessions.create(ann));
    now = 35;
    expect(isExpired()).toBe(true);
  });

  it('belong to an approver as registered now', () => {
    const sessions = createSessionCodec(key);
    const session = sessions.create(ann);
    expect(sessions.isOf(session, ann)).toBe(true);
    expect(sessions.isOf(session, { ...ann, verifier: 'scrypt$another' })).toBe(false);
    expect(sessions.isOf(session, { ...ann, name: 'ben' })).toBe(false);
  });

  it('are accepted by every instance with the key that signed them, and by no other', () => {
    const cookie = createSessionCodec(key).toCookie(createSessionCodec(key).create(ann));
    expect(createSessionCodec(key).parseCookie(cookie)).toMatchObject({ approver: 'ann' });
    expect(createSessionCodec(randomBytes(32)).parseCookie(cookie)).toBeUndefined();
    const [text = '', signature] = cookie.split('.');
    const forged = { ...JSON.parse(Buffer.from(text, 'base64url').toString()), approver: 'eve' };
    const altered = `${Buffer.from(JSON.stringify(forged)).toString('base64url')}.${signature}`;
    for (const made of [altered, text, `.${signature}`, `${text}.`, 'a.b'])
      expect(createSessionCodec(key).parseCookie(made)).toBeUndefined();
    expect(cookie).not.toContain(ann.verifier);
    expect(Buffer.from(text, 'base64url').toString()).not.toContain(ann.verifier);
  });
});

describe('CSRF tokens', () => {
  it('are valid once, for an hour, for one browser and one form', async () => {
    let now = 0;
    const key = randomBytes(32);
    const consumed = new Set<string>();
    const consumeNonce = async (id: string) => !consumed.has(id) && consumed.add(id) !== undefined;
    const csrf = createCsrf(key, consumeNonce, () => now);
    const token = csrf.create('ann', '/x/approve');
    expect(await csrf.consume('eve', '/x/approve', token)).toBe('forged');
    expect(await csrf.consume('ann', '/y/approve', token)).toBe('forged');
    const { nonce } = csrf.create('ann', '/x/approve');
    expect(await csrf.consume('ann', '/x/approve', { ...token, nonce })).toBe('forged');
    expect(await csrf.consume('ann', '/x/approve', { csrf: '', nonce: '' })).toBe('forged');
    const other = createCsrf(key, consumeNonce, () => now);
    expect(await other.consume('ann', '/x/approve', token)).toBe('valid');
    expect(await csrf.consume('ann', '/x/approve', token)).toBe('stale');
    const late = csrf.create('ann', '/x/approve');
    now = 60 * 60_000;
    expect(await csrf.consume('ann', '/x/approve', late)).toBe('stale');
    expect(await csrf.consume('ann', '/x/approve', token)).toBe('stale');
    expect(await createCsrf(randomBytes(32), consumeNonce).consume('ann', '/x/approve', late)).toBe('forged');
  });
});

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:aaaa::1', '2001:db8:1:2::/64'],
  ['2001:db8:1:2:bbbb:cccc:dddd:eeee', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['', ''],
  [undefined, ''],
])('the source of an attempt from %s is %s', (address, source) => {
  expect(sourceOf(address)).toBe(source);
});
