import type { JsonObject } from '../../lib/json/json-value.ts';
import type { SETTING_KINDS } from '../../providers/declared/format/connect.ts';
import { toLine, toSettingName } from './names.ts';

/** Names that a connection or a template has already. */
const RESERVED = ['provider', 'connection', 'dialect', 'clearable', 'baseUrl', 'tokenUrl', 'userId', 'query'];
const MAX_NAME = 32;

type SettingKind = (typeof SETTING_KINDS)[number];

/** The settings that a file needs, as they are met. */
export class SettingsDraft {
  readonly #settings = new Map<string, JsonObject>();

  /** Adds a setting, unless there is one for the same thing; returns its name. */
  add(wish: string, kind: SettingKind, description: string, optional = false): string {
    const plain = toSettingName(wish).slice(0, MAX_NAME);
    const name = RESERVED.includes(plain) ? `api${plain[0]?.toUpperCase()}${plain.slice(1)}` : plain;
    if (!this.#settings.has(name)) {
      const rest = optional ? { optional: true } : {};
      this.#settings.set(name, { kind, description: toLine(description, 160), ...rest });
    }
    return name;
  }

  toJson(): JsonObject {
    return Object.fromEntries(this.#settings);
  }
}
