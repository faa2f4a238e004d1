/** The code of an error of the system, of Node or of a driver (`ENOENT`, `23505`); undefined if it has none. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && error.code !== undefined ? String(error.code) : undefined;
}
