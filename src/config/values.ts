import { UsageError } from '../errors.ts';

/**
 * Describes a text that is still a placeholder as a whole, such as `${NAME}`, `${env:NAME}`, `${user_config.name}` or
 * `$NAME`: MCP clients pass on placeholders that they did not fill in, and it would be sent to the vendor as a credential.
 */
export function placeholderFault(text: string): string | undefined {
  const placeholder = /^\$(?:\{[^{}]*\}|[A-Z_][A-Z0-9_]*)$/.exec(text.trim())?.[0];
  if (placeholder === undefined) return undefined;
  // Shown only where it looks like a name: no other part of a setting is ever printed.
  const name = /^\$\{?((?:[a-z]+:)?[\w.-]{1,64})(?::-.*)?\}?$/i.exec(placeholder)?.[1];
  const shown =
    name === undefined
      ? 'a placeholder'
      : `the placeholder ${placeholder.startsWith('${') ? `\${${name}}` : placeholder}`;
  const missing = name?.replace(/^env:/, '') ?? 'it';
  return `is still ${shown}: the MCP client, or whatever else starts this program, did not fill in ${missing}; set it there, or replace the placeholder with the value`;
}

/**
 * Trims a setting, since files and shells leave white space around it; undefined for an empty one. Throws a UsageError for
 * a placeholder, quotation marks around the value, and invisible characters.
 */
export function toSetting(name: string, value: string): string | undefined {
  const text = value.trim();
  if (text === '') return undefined;
  const fault = placeholderFault(text) ?? shapeFault(text);
  if (fault !== undefined) throw new UsageError(`${name}: ${fault}`);
  return text;
}

function shapeFault(text: string): string | undefined {
  if (/^(["'`]).*\1$|^[“„‘‚].*[”“’‘]$/su.test(text)) {
    return 'is in quotation marks, which would become part of the value; remove them';
  }
  const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.exec(text)?.[0];
  if (invisible === undefined) return undefined;
  const code = (invisible.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `contains a line break or another invisible character (U+${code}); remove it`;
}

/** Describes a credential that begins with a part of the header it is sent in, which the provider adds. */
export function headerFault(text: string): string | undefined {
  const prefix = /^(?:Bearer|Basic|Token|ApiKey)(?=\s)|^(?:Authorization|X-[A-Za-z-]{1,40})\s*:/i.exec(text)?.[0];
  return prefix === undefined ? undefined : `begins with "${prefix}"; leave that out, it is added to each request`;
}

const LOWER_CASE = 'Wins over the variable in capitals.';

/** The environment variables that are read besides those of connections, and what they mean. */
export const VARIABLES: Readonly<Record<string, string>> = {
  UPDATE_USER_CONFIG: 'The path of the configuration file. `--config` wins over it.',
  UPDATE_USER_STORE: 'As `store` in the file, and wins over it.',
  UPDATE_USER_KEY: 'As `key` in the file, and wins over it.',
  UPDATE_USER_LOG: 'As `log` in the file, and wins over it.',
  CREDENTIALS_DIRECTORY: 'Set by systemd (`LoadCredential=`). Secret files below it may be readable by others.',
  XDG_STATE_HOME: 'Linux: the state folder is `update-user-mcp` in this folder, or else in `~/.local/state`.',
  LOCALAPPDATA: 'Windows: the state folder is `update-user-mcp` in this folder.',
  HTTP_PROXY: 'The proxy for vendors whose base URL is plain http.',
  HTTPS_PROXY: 'The proxy for all other vendors. Without a scheme it is an http proxy.',
  NO_PROXY: 'Hosts that are reached without a proxy, between commas.',
  http_proxy: LOWER_CASE,
  https_proxy: LOWER_CASE,
  no_proxy: LOWER_CASE,
};

/** Throws a UsageError with one line for each variable whose value is still a placeholder. `others`: of connections. */
export function refusePlaceholders(env: NodeJS.ProcessEnv, others: readonly string[]): void {
  const faults = [...new Set([...Object.keys(VARIABLES), ...others])].flatMap((name) => {
    const fault = placeholderFault(env[name] ?? '');
    return fault === undefined ? [] : [`${name}: ${fault}`];
  });
  if (faults.length > 0) throw new UsageError(faults.join('\n'));
}

/** Throws a UsageError with the path of each string in the configuration file that is still a placeholder, one a line. */
export function refusePlaceholderTexts(value: unknown): void {
  const faults = placeholderTexts(value, '');
  if (faults.length > 0) throw new UsageError(faults.join('\n'));
}

function placeholderTexts(value: unknown, path: string): string[] {
  if (typeof value === 'string') {
    const fault = placeholderFault(value);
    return fault === undefined ? [] : [`${path}: ${fault}; in this file a variable is written \${env:NAME}`];
  }
  if (Array.isArray(value)) return value.flatMap((entry, index) => placeholderTexts(entry, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    placeholderTexts(member, path === '' ? key : `${path}.${key}`),
  );
}
