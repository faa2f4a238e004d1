/** The names by which budgets and tables find what was measured. */

export const STARTUP = 'spawn → tools listed';
export const INSTALL = 'install, filled npm cache: empty folder → tools listed';
export const DOWNLOAD = 'install, empty npm cache: empty folder → tools listed';
export const P50 = 'an allowed update, one at a time, p50';
/** What a floor with a durable audit log would take at least. */
export const FLOOR_AND_APPEND = 'floor + a synced append';
export const MEMORY_USED = 'memory (RSS) after 1,000 calls';
export const RATE = '16 in flight over stdio, calls per second';
export const VENDOR_RATE = '16 in flight over stdio, vendor requests per second';
export const VENDOR_REQUESTS = '16 in flight over stdio, vendor requests a call';
export const DISTANT_P50 = 'an allowed update, one at a time, vendor 50 ms away, p50';
export const HTTP_RATE = '16 in flight over HTTP, calls per second';
export const GROWTH_P50 = 'growth with history, SQLite: p50 of an update';
export const GROWTH_MEMORY = 'growth with history, SQLite: memory (RSS) after the calls';
export const AUDIT_QUERY = 'searching the audit log: store query';
export const AUDIT_COMMAND = 'searching the audit log: command';
export const AUDIT_PAGE = 'searching the audit log: page';
export const MANY_TIME = 'many at once: 300 people, 40 ms a request, 5 at a time';
export const MANY_MEMORY = 'many at once, SQLite: most memory (RSS)';
export const BARE = 'a bare client';
export const STAGES = 'what a call is made of';

/** The topics of a table of values, and how its columns are called. */
export const IN_FLIGHT_TOPICS = {
  [RATE]: 'calls, 16 in flight',
  [VENDOR_RATE]: 'requests to the vendor',
  [VENDOR_REQUESTS]: 'requests a call',
};

export const INSTALL_TOPICS = {
  [INSTALL]: 'filled cache',
  [DOWNLOAD]: 'empty cache',
  'install: to download': 'to download',
  'install: size on disk': 'on disk',
  'install: packages': 'packages',
};

export const STAGE_TOPICS = {
  [`${STAGES}: CPU, memory`]: 'CPU, memory',
  [`${STAGES}: CPU, SQLite`]: 'CPU, SQLite',
  [`${STAGES}: allocated, memory`]: 'allocated, memory',
  [`${STAGES}: allocated, SQLite`]: 'allocated, SQLite',
};
