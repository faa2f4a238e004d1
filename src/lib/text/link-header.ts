/**
 * The first target in a `Link` header whose relation is the given one, as it is written there; undefined if there is
 * none. A link with an `anchor` is about another resource, and does not count (RFC 8288, sections 3 and B.2).
 */
export function linkTo(header: string, relation: string): string | undefined {
  return parseLinks(header).find(({ parameters }) => {
    const relations = parameters.get('rel')?.toLowerCase().split(/\s+/) ?? [];
    return relations.includes(relation) && !parameters.has('anchor');
  })?.target;
}

interface WebLink {
  target: string;
  /** By lower-case name; the first of each counts (RFC 8288 section 3.3). */
  parameters: ReadonlyMap<string, string>;
}

const TARGET = /[\s,]*<([^>]*)>/y;
const PARAMETER = /\s*;\s*([^\s=;,"<>]*)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?/sy;

/** Reads links until something is not one: what follows cannot be told apart. */
function parseLinks(header: string): WebLink[] {
  const links: WebLink[] = [];
  let at = 0;
  const next = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const found = pattern.exec(header);
    if (found) at = pattern.lastIndex;
    return found;
  };
  for (let target = next(TARGET); target; target = next(TARGET)) {
    const parameters = new Map<string, string>();
    for (let found = next(PARAMETER); found; found = next(PARAMETER)) {
      const [, name = '', quoted, plain = ''] = found;
      const key = name.toLowerCase();
      if (!parameters.has(key)) parameters.set(key, quoted?.replace(/\\(.)/gs, '$1') ?? plain);
    }
    links.push({ target: target[1]?.trim() ?? '', parameters });
    if (!/^\s*(?:,|$)/.test(header.slice(at, at + 64))) break;
  }
  return links;
}
