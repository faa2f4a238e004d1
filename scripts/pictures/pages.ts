import { createHash } from 'node:crypto';
import { vi } from 'vitest';
import type { VendorId } from '../../src/sandbox/index.ts';
import { idOf, type PersonKey } from '../../src/sandbox/people.ts';
import { type ServedPage, serveApprovalPage } from '../../test/support/approvals/page.ts';

/** What the pictures in `docs/pictures` show: a site with a few requests and changes, always at the same time of day. */

/** Each picture: its page, and the screen. `path` is below the address of the site. */
export const PICTURES = {
  list: { path: () => '', width: 1000, height: 900 },
  request: { path: (ids) => `/${ids.deletion}`, width: 390, height: 844 },
  secret: { path: (ids) => `/${ids.secret}`, width: 390, height: 1000 },
  history: { path: () => '/history', width: 1000, height: 900 },
} as const satisfies Record<string, { path: (ids: RequestIds) => string; width: number; height: number }>;

export type PictureName = keyof typeof PICTURES;

type RequestIds = Record<'deletion' | 'secret', string>;

export interface PictureSite extends ServedPage {
  addressOf(name: PictureName): string;
}

const START = Date.parse('2026-03-02T09:00:00Z');

/** Starts the built-in sandbox and the site. The date stands still until `stop`. */
export async function startPictureSite(): Promise<PictureSite> {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
  const rules = [
    { field: ['dayzero.*', '*.timezone'], decision: 'allow' },
    { field: '*', decision: 'approve' },
  ];
  const served = await serveApprovalPage({ config: { policy: { rules } } });
  const call = async (vendor: VendorId, person: PersonKey, args: Record<string, unknown>) => {
    vi.setSystemTime(Date.now() + 60_000);
    return await served.pipeline.call(vendor, { user_id: idOf(vendor, person), ...args });
  };
  const ask = async (...args: Parameters<typeof call>) => {
    const { approval, message } = await call(...args);
    if (!approval) throw new Error(message);
    return approval.id;
  };

  await call('dayzero', 'john', { set: { onboarded: false }, reason: 'starts again in the other firm' });
  await call('atlassian', 'jane', { set: { timezone: 'Europe/Berlin' }, reason: 'moved to Berlin' });
  await call('dayzero', 'anna', { set: { first_name: 'Ana' }, reason: 'asked for by herself' });
  const deletion = await ask('atomicwork', 'jane', {
    set: { is_deleted: true },
    reason: 'left the company on Friday',
  });
  const secret = await ask('mediasilo', 'jane', { set: {}, ask_for: ['password'], reason: 'lost her phone' });
  await ask('atlassian', 'john', { set: { title: 'Staff Engineer' }, reason: 'promotions of spring' });
  await ask('atomicwork', 'john', { set: { manager: idOf('atomicwork', 'max') }, reason: 'new team' });
  await ask('atlassian', 'priya', { set: { title: 'Staff Engineer' }, reason: 'promotions of spring' });
  await ask('awork', 'anna', { set: { position: 'Head of Finance', language: 'de' } });
  const ids = { deletion, secret };
  return {
    ...served,
    addressOf: (name) => served.page.url + PICTURES[name].path(ids),
    async stop() {
      await served.stop();
      vi.useRealTimers();
    },
  };
}

/** A hash of what the pictures show. What is random or depends on this process does not count. */
export async function digestsOf(site: PictureSite): Promise<Record<PictureName, string>> {
  const client = await site.signIn();
  const entries: [string, string][] = [];
  for (const name of Object.keys(PICTURES) as PictureName[]) {
    const { pathname } = new URL(site.addressOf(name));
    const { status, body } = await client.get(pathname);
    if (status !== 200) throw new Error(`${name}: ${status}`);
    entries.push([name, createHash('sha256').update(withoutRandom(body)).digest('hex').slice(0, 32)]);
  }
  return Object.fromEntries(entries) as Record<PictureName, string>;
}

function withoutRandom(html: string): string {
  return html
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'ID')
    .replace(/127\.0\.0\.1:\d+/g, 'HOST')
    .replace(/nonce="[^"]*"/g, '')
    .replace(/name="(csrf|nonce)" value="[^"]*"/g, '');
}
