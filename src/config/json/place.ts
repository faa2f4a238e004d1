export interface Place {
  line: number;
  column: number;
}

/** Where the next character after a text would stand. Lines end as any system ends them; columns count as editors do. */
export function placeAt(before: string): Place {
  const lines = before.split(/\r\n|\n|\r/);
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

export function placeWords({ line, column }: Place): string {
  return `line ${line}, column ${column}`;
}
