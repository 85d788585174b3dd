// ip-cidr is an ES module that imports the CommonJS ip-address by default. Node gives it the module itself; mocha loads
// tests through require, where tsx takes `__esModule` at its word and finds no default. Without it ip-cidr calls every network invalid.
const ipAddress = require('ip-address');
ipAddress.default ??= ipAddress;
