import { type App, createApp } from '../../app.ts';
import { currentApprovers } from '../../approvals/oidc/current.ts';
import { readSettings, type Settings } from '../../config/load.ts';
import { keyFileOf } from '../../config/paths.ts';
import type { AppError } from '../../errors.ts';
import { startDeadline } from '../../lib/async/deadline.ts';
import { describeTarget } from '../../notify/events.ts';
import type { Connection } from '../../update/types.ts';
import { isKeyKnown, unknownKeyMessage } from '../../update/undo/key-check.ts';
import { checkIssuer } from '../approver/check-issuer.ts';
import type { Called } from '../definitions/command.ts';
import { toFinding } from '../findings.ts';
import { print } from '../output.ts';
import { ownCommandLine } from '../own-command.ts';
import { checkApprovals } from './doctor-approvals.ts';

interface DoctorFinding {
  what: string;
  ok: boolean;
  detail: string;
}

export async function run({ values }: Called<{ config?: string; json?: boolean }>): Promise<number> {
  const settings = await readSettings(process.env, values.config);
  const app = createApp(settings);
  const findings = [...(await probeConnections(settings)), await checkStore(app), await checkKey(app)];
  const issuer = await checkIssuer(settings);
  if (issuer) findings.push(issuer);
  const approvals = await checkApprovers(app);
  findings.push(...approvals.findings, ...noticeFindings(settings));
  await app.shutdown();
  const ok = findings.every((finding) => finding.ok);
  if (values.json) {
    print(JSON.stringify({ ok, findings, notes: approvals.notes }));
  } else {
    for (const finding of findings) print(toFinding(finding.ok ? 'ok' : 'FAIL', finding.what, finding.detail));
    for (const note of approvals.notes) print(toFinding('note', 'approvals', note));
    print(`\nHow to register the server with an MCP client:\n  ${ownCommandLine('init')}`);
  }
  return ok ? 0 : 1;
}

/** Sends nothing: a test notice would be taken for a real one. */
function noticeFindings({ notify }: Settings): DoctorFinding[] {
  const targets = notify.map(describeTarget);
  return targets.length === 0
    ? []
    : [{ what: 'notices', ok: true, detail: `${targets.join('; ')}. Nothing was sent.` }];
}

const nothingConnected = (): DoctorFinding => ({
  what: 'connections',
  ok: false,
  detail: `No provider is connected: set its variables, or add it to the configuration; ${ownCommandLine('init')} shows how.`,
});

async function probeConnections({ connections, limits }: Settings): Promise<DoctorFinding[]> {
  if (connections.length === 0) return [nothingConnected()];
  const { probe } = await import('../../upstream/probe.ts');
  return await Promise.all(
    connections.map(async (connection) => {
      const what = `${connection.name} (${connection.provider.title})`;
      const probed = await probe(connection, { ...limits, attempts: 2 }, startDeadline(limits.callMs));
      return probed.ok
        ? { what, ok: true, detail: probed.rights }
        : { what, ok: false, detail: failureText(connection, probed.error) };
    }),
  );
}

/** A probe looks up no user: `not_found` means that a setting other than the credential is wrong. */
function failureText({ provider, settings }: Connection, error: AppError): string {
  const { remedy } = error.facts;
  if (error.code !== 'not_found') return remedy === undefined ? error.message : `${error.message} Remedy: ${remedy}.`;
  const keys = Object.entries(provider.env).filter(
    ([key]) => settings[key] !== undefined && !provider.credentials.includes(key),
  );
  const named = keys.map(([key, variable]) => `${key} (${variable})`).join(', ');
  return `${provider.title} answers that there is no such resource: check ${named || 'the settings of this connection'}.`;
}

async function checkStore(app: App): Promise<DoctorFinding> {
  const { store } = app.settings;
  const place = store.kind === 'file' ? `file ${store.path}` : store.kind;
  try {
    const { seq } = await (await app.store()).head();
    return { what: 'store', ok: true, detail: `${place}, ${seq} entries` };
  } catch (error) {
    return { what: 'store', ok: false, detail: error instanceof Error ? error.message : place };
  }
}

async function checkApprovers({ settings, store }: App): Promise<{ findings: DoctorFinding[]; notes: string[] }> {
  const approvers = await store()
    .then(({ approvals }) => approvals.approvers())
    .catch(() => undefined); // reported with the store
  if (!approvers) return { findings: [], notes: [] };
  const { faults, isAsked, note } = checkApprovals(settings, currentApprovers(approvers, settings.approvals.oidc));
  const notes = note === undefined ? [] : [note];
  if (faults.length > 0)
    return { findings: [{ what: 'approvals', ok: false, detail: `${faults.join('. ')}.` }], notes };
  const detail = `${approvers.length} registered, ${settings.confirmation.approversNeeded} needed`;
  return { findings: isAsked ? [{ what: 'approvals', ok: true, detail }] : [], notes };
}

async function checkKey(app: App): Promise<DoctorFinding> {
  try {
    const seal = await app.seal();
    const source = `${sourceOf(app.settings)}, id ${seal.keyId}`;
    const store = await app.store().catch(() => undefined); // reported with the store
    if (!store || (await isKeyKnown(store, seal))) return { what: 'key', ok: true, detail: source };
    return { what: 'key', ok: false, detail: `${source}: ${unknownKeyMessage(app.settings.names.key)}` };
  } catch (error) {
    return { what: 'key', ok: false, detail: error instanceof Error ? error.message : 'unusable' };
  }
}

function sourceOf({ key, store }: Settings): string {
  if (key !== undefined) return 'configured';
  return store.kind === 'memory' ? 'created for this process' : `kept in ${keyFileOf(store, process.env)}`;
}
