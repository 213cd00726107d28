import { existsSync } from 'node:fs';

/** A Chromium of this machine, or nothing. */
export function findChromium(): string | undefined {
  return [
    process.env['VIDEOCHAT_CHROMIUM'],
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ].find((file) => file !== undefined && existsSync(file));
}
