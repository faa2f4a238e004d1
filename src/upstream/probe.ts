import { AppError } from '../errors.ts';
import type { Deadline } from '../lib/async/deadline.ts';
import type { Connection } from '../update/types.ts';
import { get, UpstreamFailure, type UpstreamLimits } from './client.ts';
import { pathTo, unwrap } from './records.ts';

export type Probed = { ok: true; rights: string } | { ok: false; error: AppError };

/** Whether a connection's credential works and what it may do, by reading only. */
export async function probe(connection: Connection, limits: UpstreamLimits, within: Deadline): Promise<Probed> {
  const { provider } = connection;
  try {
    const path = pathTo(connection, provider.probe.path, '');
    const { body, status } = await get(connection, { path, within }, limits);
    if (body !== undefined && provider.probe.isAnswer(body)) {
      return { ok: true, rights: provider.probe.rights(unwrap(body) ?? null) };
    }
    const words = `What answers is not ${provider.title} (HTTP ${status}, but nothing it would say): check ${provider.env['baseUrl'] ?? 'the address'}.`;
    return { ok: false, error: new AppError('upstream_unavailable', words) };
  } catch (error) {
    if (error instanceof UpstreamFailure) return { ok: false, error: error.error };
    throw error;
  }
}
