/** The environment variable of a setting: `<ID>_<SETTING>`, and no other. */
export function variableOf(id: string, setting: string): string {
  return `${id}_${setting.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_')}`.toUpperCase();
}
