// The first log line loads this file synchronously, which an ES module does not allow. The build bundles it with pino.
module.exports = require('pino');
