/** A mistake in the configuration: where it is, as far as that is known, and what was expected instead. */
export interface ConfigFault {
  /** The key in the file, or the environment variable. */
  key?: string;
  line?: number;
  column?: number;
  /** The file, if it is not the configuration file. */
  file?: string;
  message: string;
}

/** The mistakes that the message of a UsageError of the settings names, one a line. `path` is the configuration file. */
export function toFaults(message: string, path: string | undefined): ConfigFault[] {
  return message.split('\n').map((line) => toFault(line, path));
}

/** A place at the end is told by `line` and `column`. */
function withoutPlace(message: string): string {
  return message.replace(/ \(line \d+, column \d+(?: of [^()]*)?\)$/, '');
}

function toFault(line: string, path: string | undefined): ConfigFault {
  const text = path !== undefined && line.startsWith(`${path}: `) ? line.slice(path.length + 2) : line;
  const [, row, column, named] = /line (\d+), column (\d+)(?: of (.+)\)$)?/.exec(text) ?? [];
  // A key of the configuration, or a JSON pointer into a provider file.
  const [, key] = /^((?:[A-Za-z_$-][\w$-]*)(?:\.[\w$-]+|\[\d+\])*|(?:\/[^\s/]+)+): /.exec(text) ?? [];
  return {
    ...(key !== undefined && { key }),
    ...(row !== undefined && column !== undefined && { line: Number(row), column: Number(column) }),
    ...(named !== undefined && named !== path && { file: named }),
    message: withoutPlace(key === undefined ? text : text.slice(key.length + 2)),
  };
}
