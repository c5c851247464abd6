#!/usr/bin/env node
// A stand-in for the native `solc` that py-solc-x expects, over npm's solc. It knows the two
// calls that py-solc-x makes: `--version`, and `--standard-json` with a closed set of sources
// on standard input (no import is looked up here).
'use strict';
const fs = require('fs');
const path = require('path');

const solc = require(path.join(__dirname, '..', 'node_modules', 'solc'));

// Standard output may be a pipe that is full: write until everything is out.
function print(text) {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(fs.writeSync(1, rest));
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

if (process.argv.includes('--version')) {
  print(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}\n`);
} else if (process.argv.includes('--standard-json')) {
  print(solc.compile(fs.readFileSync(0, 'utf8')));
} else {
  process.stderr.write('only --version and --standard-json are known here\n');
  process.exitCode = 1;
}
