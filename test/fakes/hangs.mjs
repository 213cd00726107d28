// Its event loop stops for good at the first question, and it ignores being asked to end.
import { spawn } from 'node:child_process';
import { serve } from './fakeProtocol.mjs';

process.on('SIGTERM', () => undefined);
// Something that must not be left behind.
const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });
serve({
  'model/status': () => ({ childId: child.pid }),
  'chat/send': () => {
    for (;;);
  },
});
