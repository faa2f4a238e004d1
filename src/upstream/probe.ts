import { AppError } from '../errors.ts';
import type { Deadline } from '../lib/async/deadline.ts';
import type { Connection } from '../update/types.ts';
import { get } from './client.ts';
import { UpstreamFailure } from './errors.ts';
import { pathTo, unwrap } from './records.ts';
import type { UpstreamLimits } from './types.ts';

/** The rights of the credential, in words of the provider; or why the probe failed. */
export type ProbeResult = { ok: true; rights: string } | { ok: false; error: AppError };

/** Checks whether a connection's credential works and what it may do. Only reads. */
export async function probe(connection: Connection, limits: UpstreamLimits, within: Deadline): Promise<ProbeResult> {
  const { provider } = connection;
  try {
    const path = pathTo(connection, provider.probe.path, '');
    const { body, status } = await get(connection, { path, within }, limits);
    if (body !== undefined && provider.probe.isAnswer(body)) {
      return { ok: true, rights: provider.probe.rights(unwrap(body) ?? null) };
    }
    const message = `The service there is not ${provider.title} (HTTP ${status} with an unknown body): check ${provider.env['baseUrl'] ?? 'the address'}.`;
    return { ok: false, error: new AppError('upstream_unavailable', message) };
  } catch (error) {
    if (error instanceof UpstreamFailure) return { ok: false, error: error.error };
    throw error;
  }
}
