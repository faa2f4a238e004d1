import * as z from 'zod';

/**
 * By default zod compiles a parser for every object schema from source text. This program never turns text into code,
 * and it starts faster this way. A module of its own, imported first: schemas read the setting when they are created.
 */
z.config({ jitless: true });
