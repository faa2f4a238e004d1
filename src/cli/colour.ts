/** Colours for people at a terminal: never in a pipe, a file or JSON. */

/** Select Graphic Rendition, ECMA-48 section 8.3.117: how to begin a style and how to end it. */
const STYLES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

export type Style = keyof typeof STYLES;

/** The text in a style if this stream is a terminal that shows colours, else as it is. */
export function paint(style: Style, text: string, stream: { isTTY?: boolean } = process.stdout): string {
  const [begin, end] = STYLES[style];
  return showsColours(stream) ? `\x1b[${begin}m${text}\x1b[${end}m` : text;
}

/**
 * `NO_COLOR` with any value turns colours off (https://no-color.org); nothing turns them on where there is no terminal. A
 * terminal says what it is in `TERM`, except on Windows.
 */
function showsColours({ isTTY = false }: { isTTY?: boolean }): boolean {
  const { NO_COLOR, TERM } = process.env;
  const isCapable = process.platform === 'win32' || (Boolean(TERM) && TERM !== 'dumb');
  return isTTY && !NO_COLOR && isCapable;
}
