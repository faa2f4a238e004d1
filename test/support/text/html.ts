/** What a page of HTML is made of, read without trusting that its author escaped anything. */

/** Every tag with the names of its attributes, in order; `mark`, which follows what differs, left out. */
export function tagsOf(html: string): string[] {
  const tags = html.matchAll(/<(!?\/?[a-zA-Z][^\s>]*)((?:"[^"]*"|'[^']*'|[^>"'])*)>/g);
  return [...tags].flatMap(([, name = '', rest = '']) => {
    if (/^\/?mark$/.test(name)) return [];
    const attributes = [...rest.replace(/"[^"]*"|'[^']*'/g, '""').matchAll(/[^\s="/]+/g)].map(([found]) => found);
    return [[name.toLowerCase(), ...attributes].join(' ')];
  });
}

/** What a reader of the page sees: its text, and what attributes hold, with entities decoded. The stylesheet is none. */
export function wordsOf(html: string): string {
  const plain = html.replace(/<style[^]*?<\/style>/g, '');
  const attributes = [...plain.matchAll(/="([^"]*)"/g)].map(([, value = '']) => value).join('\n');
  return decode(`${plain.replace(/<(?:"[^"]*"|'[^']*'|[^>"'])*>/g, '')}\n${attributes}`);
}

function decode(text: string): string {
  const named: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
  return text.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    return named[name ?? ''] ?? whole;
  });
}
