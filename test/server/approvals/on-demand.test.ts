import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { serveWhilePending } from '../../../src/server/approvals/on-demand.ts';
import { PASSPHRASE, startApprovalProgram } from '../../support/approvals/program.ts';
import { quickVerifier } from '../../support/approvals/verifier.ts';
import { createPipeline } from '../../support/pipeline/pipeline.ts';
import { PROGRAM } from '../../support/program/stdio-server.ts';

/** A stdio server serves the approval page while something is pending, and only then. */

const policy = { rules: [{ field: '*', decision: 'approve' }] };
const args = { user_id: idOf('atlassian', 'jane'), set: { title: 'Boss' } };

const isUp = (url: string) =>
  fetch(url).then(
    () => true,
    () => false,
  );

describe('the local page', () => {
  it('opens with the first link and closes once nothing is pending', { timeout: 120_000 }, async () => {
    const pipeline = await createPipeline({ config: { policy } });
    onTestFinished(() => pipeline.stop());
    const { approvals } = await pipeline.app.store();
    await approvals.addApprover('ann', quickVerifier(PASSPHRASE));
    const page = serveWhilePending(pipeline.app, { checkMs: 20, lingerMs: 50 });
    const { approval } = await pipeline.call('atlassian', args);
    expect(approval?.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/approvals\/[0-9a-f-]{36}$/);
    const url = approval?.url ?? '';
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await isUp(url)).toBe(true);
    expect((await pipeline.call('atlassian', args)).approval?.url).toBe(url);

    await approvals.decide(approval?.id ?? '', { approver: 'ann', yes: true });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await isUp(url)).toBe(true); // because the yes may still be taken back there

    await approvals.withdraw(approval?.id ?? '');
    // Every check is a request that keeps it open for `lingerMs`.
    await vi.waitFor(async () => expect(await isUp(url)).toBe(false), { timeout: 20_000, interval: 1000 });
    const again = (await pipeline.call('atlassian', args)).approval?.url ?? '';
    expect(await isUp(again)).toBe(true);

    await page.close();
    expect(await isUp(again)).toBe(false);
    expect((await pipeline.call('atlassian', args)).approval).not.toHaveProperty('url');
  });

  it('does not keep a stdio server alive after its client has disconnected', { timeout: 120_000 }, async () => {
    const program = await startApprovalProgram({ policy });
    onTestFinished(() => program.stop());
    const child = spawn(process.execPath, [PROGRAM], { env: program.server.env });
    const send = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
    const clientInfo = { name: 'test-client', version: '1.0' };
    send({ id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo } });
    send({ method: 'notifications/initialized' });
    send({ id: 2, method: 'tools/call', params: { name: 'atlassian_update_user', arguments: args } });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await vi.waitFor(() => expect(output).toContain('needs_approval'), 20_000);
    const url = /http:[^"\\ ]+\/approvals\/[0-9a-f-]{36}/.exec(output)?.[0] ?? '';
    expect(await isUp(url)).toBe(true);
    const endedAt = Date.now();
    child.stdin.end();
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(Date.now() - endedAt).toBeLessThan(10_000);
    expect(await isUp(url)).toBe(false);
  });
});
