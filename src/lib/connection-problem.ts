import { errorCode } from './error-code.ts';

/**
 * Why a connection failed, by the code of Node, OpenSSL or undici, and what the operator can do. Safe to show: the codes
 * come from a list and contain no foreign text.
 */
export interface ConnectionProblem {
  /** `ECONNREFUSED`, `SELF_SIGNED_CERT_IN_CHAIN` … */
  reason: string;
  remedy: string;
  /** Whether the problem may pass by itself. If not, trying again later does not help. */
  passes: boolean;
}

/** A proxy setting that cannot be used. Its value is not shown, since it may contain a password. */
export class ProxySettingError extends Error {
  readonly code = 'ERR_INVALID_PROXY';
  readonly variable: string;

  constructor(variable: string) {
    super(`${variable} is not the URL of a proxy`);
    this.variable = variable;
  }
}

/** The known facts about a failure. Undefined unless its code is in the list. */
export function connectionProblem(cause: unknown): ConnectionProblem | undefined {
  for (const error of [...causesOf(cause)].reverse()) {
    if (error instanceof ProxySettingError) {
      const remedy = `set ${error.variable} to http://host:port, or unset it`;
      return { reason: error.code, remedy, passes: false };
    }
    const status = /^Proxy response \((\d{3})\)|\((407)\)$/.exec(error.message);
    if (status) return proxyProblem(status[1] ?? status[2] ?? '');
    const code = errorCode(error) ?? '';
    const known = Object.hasOwn(KNOWN, code) ? KNOWN[code] : undefined;
    if (known) return { reason: code, remedy: known.remedy, passes: known.passes ?? false };
  }
  return undefined;
}

/** An error and its causes; the last one says most. Bounded, since causes can form a circle. */
function causesOf(cause: unknown): Set<Error> {
  const found = new Set<Error>();
  const queue = [cause];
  for (let error = queue.shift(); error !== undefined && found.size < 10; error = queue.shift()) {
    if (!(error instanceof Error) || found.has(error)) continue;
    found.add(error);
    queue.push(error.cause, ...(error instanceof AggregateError ? error.errors.slice(0, 4) : []));
  }
  return found;
}

function proxyProblem(status: string): ConnectionProblem {
  const remedy =
    status === '407'
      ? 'put the proxy’s user name and password into HTTPS_PROXY (http://user:password@host:port)'
      : 'allow this host in the proxy, or add it to NO_PROXY';
  return { reason: `PROXY_${status}`, remedy, passes: status.startsWith('5') };
}

interface KnownCode {
  remedy: string;
  passes?: boolean;
}

const ADDRESS = 'check host and port of the base URL, and whether a proxy is needed (HTTPS_PROXY, NO_PROXY)';
const NAME = 'check the host name of the base URL, and the DNS of this machine';
const ISSUER =
  'the certificate was issued by an authority this machine does not know: name its PEM file in NODE_EXTRA_CA_CERTS';
const RENEW = 'the certificate has to be renewed; check the clock of this machine too';
const TRY_LATER = 'try again later; if it persists, check the network, the firewall and the proxy';
const NO_TLS =
  'the server there does not speak a TLS that we do: check the port, and http or https, of the base URL and of the proxy';

const KNOWN: Readonly<Record<string, KnownCode>> = {
  ENOTFOUND: { remedy: NAME },
  EAI_NODATA: { remedy: NAME },
  EAI_AGAIN: { remedy: 'the DNS of this machine did not answer: check it, then try again', passes: true },
  ECONNREFUSED: { remedy: ADDRESS },
  EHOSTUNREACH: { remedy: ADDRESS },
  ENETUNREACH: { remedy: ADDRESS },
  EADDRNOTAVAIL: { remedy: ADDRESS },
  EACCES: { remedy: 'a firewall on this machine blocks the connection' },
  EPERM: { remedy: 'a firewall on this machine blocks the connection' },
  ETIMEDOUT: { remedy: TRY_LATER, passes: true },
  UND_ERR_CONNECT_TIMEOUT: { remedy: TRY_LATER, passes: true },
  UND_ERR_HEADERS_TIMEOUT: { remedy: TRY_LATER, passes: true },
  UND_ERR_BODY_TIMEOUT: { remedy: TRY_LATER, passes: true },
  UND_ERR_SOCKET: { remedy: TRY_LATER, passes: true },
  ECONNRESET: { remedy: TRY_LATER, passes: true },
  EPIPE: { remedy: TRY_LATER, passes: true },
  EMFILE: { remedy: 'this process has too many open files: raise its limit (ulimit -n)' },
  SELF_SIGNED_CERT_IN_CHAIN: { remedy: ISSUER },
  DEPTH_ZERO_SELF_SIGNED_CERT: { remedy: ISSUER },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: { remedy: ISSUER },
  UNABLE_TO_GET_ISSUER_CERT: { remedy: ISSUER },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: { remedy: ISSUER },
  CERT_UNTRUSTED: { remedy: ISSUER },
  INVALID_CA: { remedy: ISSUER },
  CERT_HAS_EXPIRED: { remedy: RENEW },
  CERT_NOT_YET_VALID: { remedy: RENEW },
  CERT_REVOKED: { remedy: 'the certificate was revoked: the operator of the service has to replace it' },
  CERT_SIGNATURE_FAILURE: { remedy: 'the certificate is damaged: something in between may be replacing it' },
  ERR_TLS_CERT_ALTNAME_INVALID: { remedy: 'the certificate is for another host: check the host name of the base URL' },
  HOSTNAME_MISMATCH: { remedy: 'the certificate is for another host: check the host name of the base URL' },
  EPROTO: { remedy: NO_TLS },
  ERR_SSL_WRONG_VERSION_NUMBER: { remedy: NO_TLS },
  ERR_SSL_PACKET_LENGTH_TOO_LONG: { remedy: NO_TLS },
  ERR_SSL_UNSUPPORTED_PROTOCOL: { remedy: NO_TLS },
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: { remedy: NO_TLS },
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: { remedy: NO_TLS },
  UND_ERR_PRX_TLS: { remedy: 'the proxy does not speak TLS: give it as http://host:port' },
  HPE_INVALID_CONSTANT: { remedy: 'the server there is not an HTTP server: check the port of the base URL' },
  HPE_INVALID_VERSION: { remedy: 'the server there is not an HTTP server: check the port of the base URL' },
};
