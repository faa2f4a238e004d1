import { loadSettings, type Settings } from '../config/load.ts';
import { keyFileOf } from '../config/paths.ts';
import { startDeadline } from '../deadline.ts';
import type { AppError } from '../errors.ts';
import { buildParts, type Parts } from '../parts.ts';
import { isKeyAtHand, missingKeyWords } from '../update/key-at-hand.ts';
import type { Connection } from '../update/types.ts';
import { print, readOptions } from './options.ts';
import { wrap } from './table.ts';

const HELP = `Usage: update-user-mcp doctor
For each connection: whether the credential works and what it may do, by reading only. Then store, key and clients.
Never prints a credential.

Options: --config FILE, --json`;

interface Finding {
  what: string;
  ok: boolean;
  detail: string;
}

export async function run(args: string[]): Promise<number> {
  const parsed = readOptions(args, HELP, {});
  if (!parsed) return 0;
  const { values } = parsed;
  const settings = loadSettings(process.env, values.config);
  const parts = buildParts(settings);
  const findings = [...(await probeConnections(settings)), await checkStore(parts), await checkKey(parts)];
  await parts.stop();
  if (values.json) {
    print(JSON.stringify({ ok: findings.every(({ ok }) => ok), findings }));
  } else {
    for (const { what, ok, detail } of findings) {
      print([`${ok ? 'ok  ' : 'FAIL'}  ${what}`, ...wrap(detail, 74).map((line) => `      ${line}`)].join('\n'));
    }
    if (settings.connections.length === 0) {
      print('\nNo provider is connected: set its variables; `update-user-mcp init` names them.');
    }
    print('\n`update-user-mcp init` prints how to register with Claude Code, Cursor, VS Code,\nCodex and Gemini CLI.');
  }
  return findings.every(({ ok }) => ok) ? 0 : 1;
}

async function probeConnections({ connections, limits }: Settings): Promise<Finding[]> {
  const { probe } = await import('../upstream/probe.ts');
  return await Promise.all(
    connections.map(async (connection) => {
      const what = `${connection.name} (${connection.provider.title})`;
      const probed = await probe(connection, { ...limits, attempts: 2 }, startDeadline(limits.callMs));
      return probed.ok
        ? { what, ok: true, detail: probed.rights }
        : { what, ok: false, detail: wordsFor(connection, probed.error) };
    }),
  );
}

/** A probe looks nobody up: what was not found is the place itself, which the settings without a credential name. */
function wordsFor({ provider, settings }: Connection, error: AppError): string {
  if (error.code !== 'not_found') return error.message;
  const keys = Object.entries(provider.env).filter(
    ([key]) => settings[key] !== undefined && !provider.credentials.includes(key),
  );
  const named = keys.map(([key, variable]) => `${key} (${variable})`).join(', ');
  return `${provider.title} answers that there is no such place: check ${named || 'where this connection leads'}.`;
}

async function checkStore(parts: Parts): Promise<Finding> {
  const { store } = parts.settings;
  const place = store.kind === 'file' ? `file ${store.path}` : store.kind;
  try {
    const { seq } = await (await parts.store()).head();
    return { what: 'store', ok: true, detail: `${place}, ${seq} rows` };
  } catch (error) {
    return { what: 'store', ok: false, detail: error instanceof Error ? error.message : place };
  }
}

async function checkKey(parts: Parts): Promise<Finding> {
  try {
    const seal = await parts.seal();
    const source = `${sourceOf(parts.settings)}, id ${seal.keyId}`;
    const store = await parts.store().catch(() => undefined); // the finding before this one
    if (!store || (await isKeyAtHand(store, seal))) return { what: 'key', ok: true, detail: source };
    return { what: 'key', ok: false, detail: `${source}: ${missingKeyWords(parts.settings.names.key)}` };
  } catch (error) {
    return { what: 'key', ok: false, detail: error instanceof Error ? error.message : 'unusable' };
  }
}

function sourceOf({ key, store }: Settings): string {
  if (key !== undefined) return 'configured';
  return store.kind === 'memory' ? 'made for this process' : `kept in ${keyFileOf(store, process.env)}`;
}
