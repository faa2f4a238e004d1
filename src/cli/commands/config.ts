import { type ConfigFault, toFaults } from '../../config/faults.ts';
import { readSettings, type Settings } from '../../config/load.ts';
import { UsageError } from '../../errors.ts';
import { describeTarget, type PublicTarget } from '../../notify/events.ts';
import { baseUrlOf } from '../../providers/interpret/address.ts';
import { tokenClientOf } from '../../providers/interpret/token-client.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Connection } from '../../update/types.ts';
import { configNotes } from '../config-notes.ts';
import type { Called } from '../definitions/command.ts';
import { toFinding } from '../findings.ts';
import { print } from '../output.ts';
import { checkApprovals } from './doctor-approvals.ts';

interface ConfigReport {
  ok: boolean;
  faults: ConfigFault[];
  notes: string[];
  connections: ConnectionReport[];
  /** The hosts that notices go to; the rest of a URL is a secret. */
  notify: PublicTarget[];
}

interface ConnectionReport {
  name: string;
  provider: string;
  /** The hosts that it sends requests to. */
  hosts: string[];
  /** The variables of the environment that hold its settings. */
  variables: string[];
}

/** `config check`: what can be found out without a network. Exits 2 for a configuration that cannot work. */
export async function check({ values }: Called<{ config?: string; json?: boolean }>): Promise<number> {
  const path = values.config ?? process.env['UPDATE_USER_CONFIG'];
  const report = await toReport(values.config, path);
  if (values.json) print(JSON.stringify(report));
  else for (const line of toLines(report, path)) print(line);
  return report.ok ? 0 : 2;
}

async function toReport(config: string | undefined, path: string | undefined): Promise<ConfigReport> {
  try {
    const settings = await readSettings(process.env, config);
    const faults = impossibleApprovals(settings);
    const connections = settings.connections.map(toConnectionReport);
    return {
      ok: faults.length === 0,
      faults,
      notes: configNotes(settings),
      connections,
      notify: toNoticeReports(settings),
    };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { ok: false, faults: toFaults(error.message, path), notes: [], connections: [], notify: [] };
  }
}

/** Rules that ask for an approval which no approver could give, with any registered approvers. */
function impossibleApprovals(settings: Settings): ConfigFault[] {
  const isClientOnly = settings.confirmation.channel === 'client';
  if (!isClientOnly && settings.store.kind !== 'memory') return [];
  return checkApprovals(settings, []).faults.flatMap((fault) => toFaults(fault, undefined));
}

function toNoticeReports({ notify }: Settings): ConfigReport['notify'] {
  return notify.map(({ host, format, events }) => ({ host, format, events }));
}

function toConnectionReport({ name, provider, settings }: Connection): ConnectionReport {
  const variables = Object.entries(provider.env).filter(([key, variable]) => {
    return settings[key] !== undefined && process.env[variable]?.trim() === String(settings[key]);
  });
  return {
    name,
    provider: provider.id,
    hosts: [...new Set([new URL(baseUrlOf(provider, settings)).host, ...tokenHosts(provider, settings)])],
    variables: variables.map(([, variable]) => variable),
  };
}

/** The host that access tokens come from, if there is one. */
function tokenHosts(provider: Provider, settings: Connection['settings']): string[] {
  const client = tokenClientOf(provider, settings);
  return client ? [client.url.host] : [];
}

function toLines({ ok, faults, notes, connections, notify }: ConfigReport, path: string | undefined): string[] {
  const source = path ?? 'the environment alone';
  return [
    ...(ok ? [toFinding('ok', 'configuration', source)] : []),
    ...faults.map(({ key, line, column, message, file = source }) => {
      const place = line === undefined ? file : `${file}, line ${line}, column ${column}`;
      return toFinding('FAIL', key ?? 'configuration', `${message} (${place})`);
    }),
    ...connections.map(({ name, provider, hosts, variables }) => {
      const from = variables.length === 0 ? '' : `; variables ${variables.join(', ')}`;
      return toFinding('ok', `${name} (${provider})`, `host ${hosts.join(', ')}${from}`);
    }),
    ...notify.map((target, index) => toFinding('ok', `notify[${index}]`, describeTarget(target))),
    ...notes.map((note) => toFinding('note', 'configuration', note)),
  ];
}
