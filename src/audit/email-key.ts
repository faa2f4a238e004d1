/**
 * The form in which two spellings of an e-mail address are the same: vendors compare addresses without case, and so does
 * a person who searches for one.
 */
function normalAddress(address: string): string {
  return address.normalize('NFKC').toLowerCase().trim();
}

type Hmac = (purpose: string, text: string) => string;

/**
 * The keyed hashes by which entries of a person are found although no entry shows an address. Half of an HMAC is enough
 * to tell addresses apart. `addresses` may hold anything a vendor has in their place.
 */
export function toEmailKeys(addresses: readonly unknown[], hmac: Hmac): string[] {
  const texts = addresses.filter((one) => typeof one === 'string').map(normalAddress);
  const known = [...new Set(texts)].filter((text) => text.includes('@') && text.length <= MAX_ADDRESS);
  return known.slice(0, MAX_KEYS).map((text) => hmac('email', text).slice(0, KEY_LENGTH));
}

/** The keys of one address under the current key and all known old ones. */
export function searchKeys(address: string, hmacs: (purpose: string, text: string) => string[]): string[] {
  return hmacs('email', normalAddress(address)).map((hash) => hash.slice(0, KEY_LENGTH));
}

/** 128 bits. */
const KEY_LENGTH = 32;
/** As many as fit into an entry; vendors that show e-mail addresses allow a handful. */
export const MAX_KEYS = 10;
/** RFC 5321 4.5.3.1 allows 254 characters. */
const MAX_ADDRESS = 320;
