#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import packageJson from '../../package.json' with { type: 'json' };
import { runProgram } from './program.js';
import { processTerminal } from './terminal.js';

// A reader that has seen enough (`videochat … | head -1`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await runProgram(process.argv.slice(2), {
  terminal: processTerminal(),
  // The bundles lie side by side.
  serverPath: process.env['VIDEOCHAT_SERVER'] ?? fileURLToPath(new URL('./server.mjs', import.meta.url)),
  version: packageJson.version,
  exit: (code) => process.exit(code),
});
