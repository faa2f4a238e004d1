import { isLoopback } from '../../loopback.ts';
import type { Parts } from '../../parts.ts';

/** What an operator should know from the start, although it keeps nobody from being served. */
export function warnOperator({ settings: { http }, log }: Parts, host: string): void {
  if (!isLoopback(host) && http.publicUrl === undefined && http.allowedHosts.length === 0) {
    log.warn(
      { host },
      'no Host is served but loopback and the bound address: name others in http.publicUrl or http.allowedHosts',
    );
  }
}
