// Sends the first half of its answer and dies, or, asked to be "silent", sends nothing more.
import { writeSync } from 'node:fs';
import { serve } from './fakeProtocol.mjs';

// Node hides the variable that tells the channel's descriptor; it is the one after stderr.
const channel = 3;
serve({
  'chat/send': async ({ text }, id) => {
    writeSync(channel, `{"jsonrpc":"2.0","id":${id},"result":{"text":"A re`);
    if (text !== 'silent') {
      process.kill(process.pid, 'SIGKILL');
    }
    for (;;);
  },
});
