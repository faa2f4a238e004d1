import type { Json, JsonObject } from '../../lib/json/json-value.ts';
import { openText } from '../../providers/declared/open-places.ts';
import { formatPointer } from '../../providers/declared/pointer.ts';
import type { Path } from '../../providers/field.ts';

import { type Description, entriesOf, textOf } from './openapi/description.ts';
import { mediaOf, type Update } from './openapi/operations.ts';
import { toShape, type ValueShape } from './openapi/schema.ts';

const MESSAGES =
  /^(?:message|errorMessage|error_message|errorSummary|error_description|detail|description|error|title|reason|msg)$/;
const FIELDS = /^(?:field|fieldName|field_name|property|parameter|path|loc|source|key|name)$/;
const MAX_DEPTH = 3;

/** Where error responses have their sentences, as far as the description shows their shape. */
export function errorsOf(description: Description, update: Update): JsonObject {
  const shapes = refusals(description, update).flatMap(({ object }) => {
    const schema = mediaOf(description, object)?.schema;
    return schema === undefined ? [] : [toShape(description, [schema])];
  });
  const places: ErrorPlaces = { messages: new Map(), faults: new Map() };
  for (const shape of shapes) collect(description, shape, [], places);
  return {
    messages: [...places.messages.keys()],
    ...(places.faults.size > 0 && { faults: [...places.faults.values()] }),
  };
}

/** Headers by which the API asks to slow down. What their numbers mean is seldom said. */
export function slowDownOf(description: Description, update: Update): JsonObject | undefined {
  const limited = refusals(description, update).filter(({ status }) => status === '429');
  const headers = limited.flatMap(({ object }) =>
    entriesOf(object, 'headers').flatMap(([name, value]): JsonObject[] => {
      if (!/reset|retry/i.test(name) || /^retry-after$/i.test(name)) return [];
      const about = textOf(description.resolve(value), 'description') ?? '';
      const unit = /epoch|unix/i.test(about)
        ? 'epoch'
        : /millisecond/i.test(about)
          ? 'milliseconds'
          : /second/i.test(about)
            ? 'seconds'
            : undefined;
      return [{ name, unit: openText(unit) }];
    }),
  );
  return headers.length === 0 ? undefined : { headers };
}

interface ErrorPlaces {
  messages: Map<string, Path>;
  faults: Map<string, Json>;
}

function refusals(description: Description, { own: operation }: Update) {
  return entriesOf(operation, 'responses').flatMap(([status, value]) => {
    const object = description.resolve(value);
    return object && /^(?:[45](?:\d\d|XX)|default)$/i.test(status) ? [{ status, object }] : [];
  });
}

function collect(description: Description, shape: ValueShape, path: Path, places: ErrorPlaces): void {
  for (const [name, schemas] of shape.properties) {
    const place = [...path, name];
    const inside = toShape(description, schemas);
    const items = inside.items === undefined ? undefined : toShape(description, [inside.items]);
    if (items && items.properties.size > 0) addFaults(items, place, places);
    else if (inside.properties.size > 0 && path.length < MAX_DEPTH) collect(description, inside, place, places);
    else if (MESSAGES.test(name) && (inside.types.size === 0 || inside.types.has('string'))) {
      places.messages.set(formatPointer(place), place);
    }
  }
}

/** A list of faults: its sentence, and the name of the field if there is one. */
function addFaults({ properties }: ValueShape, at: Path, { faults }: ErrorPlaces): void {
  const names = [...properties.keys()];
  const message = names.find((name) => MESSAGES.test(name));
  const field = names.find((name) => FIELDS.test(name) && name !== message);
  if (message === undefined) return;
  const path = field === undefined ? {} : { path: formatPointer([field]) };
  faults.set(formatPointer(at), { at: formatPointer(at), ...path, message: formatPointer([message]) });
}
