import { BlockList, isIP } from 'node:net';

let known: BlockList | undefined;

function addresses(): BlockList {
  if (known) return known;
  known = new BlockList();
  known.addSubnet('127.0.0.0', 8, 'ipv4');
  known.addAddress('::1', 'ipv6');
  known.addSubnet('::ffff:127.0.0.0', 104, 'ipv6');
  return known;
}

/** Whether a host (a name, an address, an IPv6 address in brackets) is reachable from this machine only. */
export function isLoopback(host: string): boolean {
  const plain = host.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  if (plain === 'localhost' || plain === '127.0.0.1') return true;
  const version = isIP(plain);
  return version !== 0 && addresses().check(plain, version === 6 ? 'ipv6' : 'ipv4');
}

/** Whether a secret may be sent there: https, or plain http to this machine. */
export function isProtected({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}
