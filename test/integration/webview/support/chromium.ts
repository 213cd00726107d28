import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** A browser of this machine; undefined where there is none. */
export const chromiumPath = [
  process.env['VIDEOCHAT_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((file) => file !== undefined && existsSync(file));

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] });
}
