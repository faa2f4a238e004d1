/** Where two schemas differ: `-keyword` is gone, `+keyword` came, `~keyword` has another value. */
export function differences(ours: unknown, theirs: unknown): string[] {
  if (!isObject(ours) || !isObject(theirs)) return [];
  return Object.keys({ ...ours, ...theirs }).flatMap((key) => {
    const [before, after] = [ours[key], theirs[key]];
    if (before === undefined) return [`+${key}`];
    if (after === undefined) return [`-${key}`];
    if (isObject(before) && isObject(after)) return differences(before, after);
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [`~${key}`];
  });
}

/** The path of every property at any depth, and of every `required` list. */
export function properties(schema: unknown, path = ''): string[] {
  if (!isObject(schema)) return [];
  const own = isObject(schema['properties']) ? Object.entries(schema['properties']) : [];
  return [
    ...(Array.isArray(schema['required']) ? [`${path}: ${[...schema['required']].sort()}`] : []),
    ...own.flatMap(([name, inner]) => [`${path}.${name}`, ...properties(inner, `${path}.${name}`)]),
    ...properties(schema['items'], `${path}[]`),
  ];
}

/** What one of the model APIs refuses, and with it the tool or the whole request. */
export function refusals(schema: unknown, path = ''): string[] {
  if (!isObject(schema)) return [];
  const { type, format, items } = schema;
  return [
    ...(type === 'array' && !isObject(items) ? [`${path}: an array without items`] : []),
    ...(Array.isArray(type) ? [`${path}: more than one type`] : []),
    ...(typeof format === 'string' && format !== 'date-time' ? [`${path}: format ${format}`] : []),
    ...Object.entries(schema).flatMap(([key, inner]) => refusals(inner, `${path}/${key}`)),
  ];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
