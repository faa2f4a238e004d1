import { refuse } from '../errors.ts';
import { type Filter, parseFilter } from '../filter.ts';
import { type Attribute, attributeOf, CORE, EXTENSIONS, isSameName, partOf } from '../schemas.ts';

/** What a path of RFC 7644 section 3.5.2 points at. */
export interface PatchTarget {
  /** The extension that holds the attribute; undefined for the core schema. */
  urn?: string;
  /** Undefined when the path is the URN of an extension: all of it. */
  attribute?: Attribute;
  filter?: Filter;
  /** A sub-attribute. */
  part?: Attribute;
}

/** Reads a path; rejects one that names no attribute of these schemas. */
export function parsePath(path: string): PatchTarget {
  const { urn, rest } = withoutUrn(path);
  if (rest === '') {
    if (urn === undefined) refuse('invalidPath', `The path '${path}' names no attribute`);
    return { urn };
  }
  const match = /^([A-Za-z$][\w$-]*)(?:\[(.*)\])?(?:\.([A-Za-z$][\w$-]*))?$/.exec(rest);
  const attribute = match ? attributeOf(urn, match[1] ?? '') : undefined;
  if (!match || !attribute) refuse('invalidPath', `The path '${path}' names no attribute`);
  const [, , condition, sub] = match;
  const part = sub === undefined ? undefined : partOf(attribute, sub);
  if (sub !== undefined && !part) refuse('invalidPath', `The path '${path}' names no sub-attribute`);
  const filter = condition === undefined ? undefined : parseFilter(condition);
  if (condition !== undefined && !filter) refuse('invalidFilter', `The filter in '${path}' cannot be read`);
  if (filter && !attribute.multiValued) refuse('invalidPath', `'${attribute.name}' has one value and takes no filter`);
  return { ...(urn !== undefined && { urn }), attribute, ...(filter && { filter }), ...(part && { part }) };
}

/** A URN of a schema in front of an attribute's name, compared without case. */
function withoutUrn(path: string): { urn: string | undefined; rest: string } {
  if (!/^urn:/i.test(path)) return { urn: undefined, rest: path };
  for (const urn of [CORE, ...EXTENSIONS]) {
    if (isSameName(path, urn)) return { urn: urn === CORE ? undefined : urn, rest: '' };
    if (!isSameName(path.slice(0, urn.length + 1), `${urn}:`)) continue;
    return { urn: urn === CORE ? undefined : urn, rest: path.slice(urn.length + 1) };
  }
  return refuse('invalidPath', `No schema of this service begins '${path}'`);
}
