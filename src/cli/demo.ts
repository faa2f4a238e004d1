export async function run(_: string[]): Promise<number> {
  return 0;
}
