import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createCsrf } from '../../../src/server/approvals/csrf.ts';
import { sourceOf } from '../../../src/server/approvals/routes/sign-in.ts';
import { type ApproverSession, createSessionCodec } from '../../../src/server/approvals/session.ts';

const ann = { name: 'ann', verifier: 'scrypt$…' };

describe('sessions', () => {
  const key = randomBytes(32);

  it('last 60 minutes, and count as fresh for 15, or since the issuer asked', () => {
    let now = 0;
    const minutes = (count: number) => count * 60_000;
    const sessions = createSessionCodec(key, undefined, () => now);
    const session = sessions.create(ann);
    const read = () => sessions.parseCookie(sessions.toCookie(session)) as ApproverSession;
    const states = () => [sessions.isFresh(read()), sessions.isExpired(read())];
    now = minutes(15) - 1;
    expect(states()).toEqual([true, false]);
    now = minutes(15);
    expect(states()).toEqual([false, false]);
    now = minutes(60) - 1;
    expect(states()).toEqual([false, false]);
    now = minutes(60);
    expect(states()).toEqual([false, true]);
    expect(sessions.isFresh(sessions.create(ann, minutes(45)))).toBe(false);
    expect(sessions.isFresh(sessions.create(ann, minutes(46)))).toBe(true);
    // A session of an earlier version does not say when.
    const { provenAt: _, ...earlier } = sessions.create(ann);
    expect(sessions.isFresh(earlier as ApproverSession)).toBe(false);
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
