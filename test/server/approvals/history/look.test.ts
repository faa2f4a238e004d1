import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idOf } from '../../../../src/sandbox/people.ts';
import { expectAccessible } from '../../../support/approvals/accessible.ts';
import { follow, hasBrowser, openBrowser, signIn, type TestBrowser } from '../../../support/approvals/browser.ts';
import { type ServedPage, serveApprovalPage } from '../../../support/approvals/page.ts';
import { PASSPHRASE } from '../../../support/approvals/program.ts';
import { CALLERS_MAY, JANE } from '../../../support/approvals/undo.ts';
import { batchCall, runToEnd } from '../../../support/pipeline/batch.ts';

/** The history on a phone and a wide screen, light and dark, without scripts, and with the keyboard alone. */

let served: ServedPage;
let browser: TestBrowser;
const paths: Record<string, string> = {};

beforeAll(async () => {
  served = await serveApprovalPage({ config: { policy: CALLERS_MAY } }, ['ann', 'bob']);
  const { pipeline } = served;
  const change = async (connection: string, args: Record<string, unknown>) =>
    (await pipeline.call(connection, args)).change_id ?? '';
  const titled = await change('atlassian', {
    user_id: JANE,
    set: { title: 'Advisor', nickName: 'Janey', active: false },
    reason:
      'leaves on Friday, and nobody has told the team yet what that means for the roadmap of the next two quarters',
  });
  const hostile = await change('mediasilo', {
    user_id: idOf('mediasilo', 'jane'),
    set: { company: `שלום ${'long'.repeat(60)}<script>`, address: { city: 'Hamburg\u202e', country: 'DE' } },
    reason: 'שלום\u202e',
  });
  await change('awork', { user_id: idOf('awork', 'anna'), set: { position: 'Lead Designer' } });
  await change('awork', { user_id: '00000000-0000-4000-8000-000000000000', set: { position: 'Lead' } });
  const batch = batchCall(
    pipeline,
    (['jane', 'john'] as const).map((name) => ({
      at: 'atlassian',
      args: { user_id: idOf('atlassian', name), set: { department: 'Sales' } },
    })),
    { reason: `reorganisation ${'long'.repeat(60)}`, allOrNothing: true },
  );
  await runToEnd(pipeline, batch);
  paths['batch'] = `/history?batch=${batch.id}`;
  paths['list'] = '/history';
  paths['found'] = '/history?user=jane.doe%40acme.example&field=title&from=30d';
  paths['nothing'] = '/history?from=2020-01-01&to=2020-02-01';
  paths['faults'] = '/history?from=yesterday';
  paths['change'] = `/history/${titled}`;
  paths['hostile'] = `/history/${hostile}`;
  if (hasBrowser) browser = await openBrowser();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await served.stop();
});

const urlOf = (name: string) => served.page.url + (paths[name] ?? '');

describe.runIf(hasBrowser)('the history', { timeout: 300_000 }, () => {
  it.each([
    [{ width: 390, height: 844 }, 'light'],
    [{ width: 390, height: 844 }, 'dark'],
    [{ width: 1280, height: 800 }, 'light'],
    [{ width: 1280, height: 800 }, 'dark'],
  ] as const)('is readable on %j, %s', async (viewport, colorScheme) => {
    const view = await browser.openPage({ javaScriptEnabled: true, bypassCSP: true, viewport, colorScheme });
    await view.goto(urlOf('found'));
    await signIn(view, 'ann', PASSPHRASE);
    expect(view.url()).toBe(urlOf('found'));
    // The rest looks the same whatever the colours.
    const isFirst = viewport.width === 390 && colorScheme === 'dark';
    for (const name of isFirst ? Object.keys(paths) : ['list', 'found', 'change']) {
      await view.goto(urlOf(name));
      await expectAccessible(view, `history-${name}-${viewport.width}-${colorScheme}`);
    }
    await view.goto(urlOf('list'));
    await view.addStyleTag({ content: ':root { font-size: 200%; }' });
    const [from, to] = await view.locator('.ends span').all();
    const [first, last] = [await from?.boundingBox(), await to?.boundingBox()];
    const isBelow = (first?.y ?? 0) + (first?.height ?? 0) <= (last?.y ?? 0) + 1;
    expect(isBelow || (first?.x ?? 0) + (first?.width ?? 0) < (last?.x ?? 0)).toBe(true);
    await view.context().close();
  });

  it('can be searched, read and undone from with the keyboard alone, without scripts', async () => {
    const view = await browser.openPage({ viewport: { width: 390, height: 844 }, forcedColors: 'active' });
    await view.goto(urlOf('list'));
    await signIn(view, 'ann', PASSPHRASE);
    expect(await view.getByRole('img', { name: /[45] changed/ }).count()).toBe(1);
    const press = async (...keys: string[]) => {
      for (const key of keys) await view.keyboard.press(key);
    };
    await press('Tab', 'Enter', 'Tab', 'Enter', 'Tab');
    await view.keyboard.type('jane.doe@acme.example');
    await press('Tab');
    await view.keyboard.type('title');
    await press('Enter');
    await view.waitForURL(/user=jane.doe%40acme.example&field=title/);
    const found = view.getByRole('list').getByRole('link', { name: /title.*Atlassian/ });
    expect(await found.count()).toBe(1);
    await found.focus();
    await Promise.all([view.waitForEvent('load'), press('Enter')]);
    expect(await view.title()).toContain('Changed: active');
    const tree = await view.locator('body').ariaSnapshot();
    for (const part of ['region "What changed"', 'region "Who and why"', 'region "Undo"', 'region "In the audit log"'])
      expect(tree).toContain(part);
    await view.getByLabel('Reason, if you like').focus();
    await view.keyboard.type('she stays');
    await Promise.all([view.waitForEvent('load'), press('Enter')]);
    expect(await view.getByRole('status').innerText()).toContain('You may not approve this');
  });

  it('shows what an undo came to when nothing was asked for', async () => {
    const view = await browser.openPage({ javaScriptEnabled: true, bypassCSP: true });
    await view.goto(urlOf('hostile'));
    await signIn(view, 'bob', PASSPHRASE);
    served.pipeline.sandbox.vendors.mediasilo.reset();
    await follow(view.getByRole('button', { name: 'Ask to undo' }));
    expect(await view.getByRole('alert').innerText()).toContain('already has these values');
    await expectAccessible(view, 'history-not-asked');
  });
});
