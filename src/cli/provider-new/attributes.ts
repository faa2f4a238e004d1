import type { Json, JsonObject } from '../../lib/json/json-value.ts';
import { openText } from '../../providers/declared/open-places.ts';
import { formatPointer, pointerFault } from '../../providers/declared/pointer.ts';
import type { Path } from '../../providers/field.ts';
import { type Readback, toFieldSpec, typeOf } from './field-spec.ts';
import { guess, isSecretName, toWords } from './guesses.ts';
import { toFieldName } from './names.ts';
import type { Description } from './openapi/description.ts';
import { hasProperties, toShape, type ValueShape } from './openapi/schema.ts';
import { IDS, type UserRecords } from './record.ts';

/** An attribute of the user in the vendor's record. */
export interface UserAttribute {
  name: string;
  path: Path;
  shape: ValueShape;
  /** As the file says it. */
  spec: JsonObject;
}

export interface Attributes {
  fields: readonly UserAttribute[];
  /** Sets of keys that the description does not name. */
  open: readonly UserAttribute[];
  readOnly: readonly UserAttribute[];
  /** Fields that every request has to carry, by name. */
  required: readonly string[];
  /** What the file does not have, and why. */
  left: readonly string[];
}

const MAX_DEPTH = 4;
const MAX_FIELDS = 300;

/** What the update call writes, as fields with their places. */
export function attributesOf(description: Description, records: UserRecords): Attributes {
  const found = { fields: [], open: [], readOnly: [], left: [] };
  new Collector(description, records.read, found).collect(records.written, [], []);
  return named(found, records.written.required);
}

type Unnamed = Omit<UserAttribute, 'name'>;
interface FoundAttributes {
  fields: Unnamed[];
  open: Unnamed[];
  readOnly: Unnamed[];
  left: string[];
}

class Collector {
  readonly #description: Description;
  readonly #read: ValueShape | undefined;
  readonly #found: FoundAttributes;

  constructor(description: Description, read: ValueShape | undefined, found: FoundAttributes) {
    this.#description = description;
    this.#read = read;
    this.#found = found;
  }

  /** `trail`: the schemas that lead here, so that one which refers to itself ends. */
  collect(object: ValueShape, path: Path, trail: readonly (JsonObject | undefined)[]): void {
    for (const [name, schemas] of object.properties) {
      const place = [...path, name];
      const own = schemas.map((schema) => this.#description.resolve(schema));
      const isCircle = own.some((schema) => schema !== undefined && trail.includes(schema));
      const fault = pointerFault(formatPointer(place));
      if (fault !== undefined) this.#found.left.push(`${formatPointer(place)} ${fault}`);
      else if (isCircle) this.#found.left.push(`${formatPointer(place)} refers to what it is a part of`);
      else this.#add(place, toShape(this.#description, schemas), [...trail, ...own]);
    }
  }

  #add(path: Path, shape: ValueShape, trail: readonly (JsonObject | undefined)[]): void {
    const { fields, open, readOnly, left } = this.#found;
    if (fields.length >= MAX_FIELDS) {
      if (left.at(-1) !== TOO_MANY) left.push(TOO_MANY);
    } else if (shape.readOnly || isKept(path)) {
      if (!shape.readOnly) left.push(`${formatPointer(path)} is taken for what the vendor sets itself`);
      const { sensitivity } = guess(path);
      readOnly.push({ path, shape, spec: { pointer: formatPointer(path), sensitivity: openText(sensitivity) } });
    } else if (isSecretName(path.slice(0, -1)) && !isSecretValue(path, shape)) {
      left.push(`${formatPointer(path)} is about a secret; only the secret itself is taken`);
    } else if (hasProperties(shape)) {
      if (path.length >= MAX_DEPTH) left.push(`${formatPointer(path)} has parts too deep inside others`);
      else this.collect(shape, path, trail);
      if (shape.open) open.push({ path, shape, spec: openSpec(path) });
    } else if (typeOf(shape) === 'object' || (shape.types.size === 0 && shape.open)) {
      open.push({ path, shape, spec: openSpec(path) });
    } else if (shape.format === 'binary' || shape.format === 'byte') {
      left.push(`${formatPointer(path)} is a file, which is not set by a text`);
    } else {
      fields.push({ path, shape, spec: toFieldSpec(this.#description, path, shape, this.#readback(path)) });
    }
  }

  /** Whether the read call shows it, as far as the description says. */
  #readback(path: Path): Readback {
    let shape = this.#read;
    for (const key of path) {
      if (!shape || shape.open) return 'unknown';
      const schemas: readonly Json[] | undefined = shape.properties.get(key);
      if (!schemas) return shape.properties.size === 0 ? 'unknown' : 'missing';
      shape = toShape(this.#description, schemas);
    }
    return shape?.writeOnly ? 'missing' : 'shown';
  }
}

/** The text itself, and not how it is stored or checked. */
function isSecretValue(path: Path, shape: ValueShape): boolean {
  return (
    typeOf(shape) === 'text' &&
    shape.enum === undefined &&
    /^(?:value|secret|password|answer|text|plain\w*)$/i.test(path.at(-1) ?? '')
  );
}

/** Ids and times of the record: a description with one schema for reading and writing lists them too. */
function isKept([name = '', ...more]: Path): boolean {
  const isTime =
    /^(?:date )?(?:created|updated|modified|last (?:updated|modified|log ?in|sign ?in))(?: (?:at|on|date|time|timestamp|by))*$/;
  return more.length === 0 && (IDS.some((id) => id === name) || isTime.test(toWords([name])));
}

const TOO_MANY = `only the first ${MAX_FIELDS} fields are taken`;

function openSpec(path: Path): JsonObject {
  const { sensitivity, effect } = guess(path);
  return {
    pointer: formatPointer(path),
    sensitivity: openText(sensitivity ?? 'personal'),
    effect: openText(effect),
    clear: openText(),
  };
}

/** By the last key where that says enough and is the only one; else by all keys of the place. */
function named({ fields, open, readOnly, left }: FoundAttributes, required: ReadonlySet<string>): Attributes {
  const all = [...fields, ...open, ...readOnly];
  const last = ({ path }: Unnamed) => toFieldName(path.at(-1) ?? '');
  const counts = new Map<string, number>();
  for (const one of all) counts.set(last(one), (counts.get(last(one)) ?? 0) + 1);
  const taken = new Set<string>();
  const nameOf = (one: Unnamed): string => {
    const short = last(one);
    const isClear = one.path.length === 1 || (counts.get(short) === 1 && !VAGUE.test(short) && !isSecretName(one.path));
    let name = isClear ? short : toFieldName(one.path.join('_'));
    for (let nth = 2; taken.has(name); nth++) name = `${name.slice(0, 36)}_${nth}`;
    taken.add(name);
    return name;
  };
  // Those at the top keep their names.
  const names = new Map([...all].sort((a, b) => a.path.length - b.path.length).map((one) => [one, nameOf(one)]));
  const withName = (one: Unnamed): UserAttribute => ({ name: names.get(one) ?? last(one), ...one });
  return {
    fields: fields.map(withName),
    open: open.map(withName),
    readOnly: readOnly.map(withName),
    required: fields
      .filter(({ path }) => path.length === 1 && required.has(path[0] ?? ''))
      .map((one) => withName(one).name),
    left,
  };
}

/** Says nothing without what is around it. */
const VAGUE = /^(?:value|values|id|ids|name|type|data|key|code|hash|enabled|list|items?)$/i;
