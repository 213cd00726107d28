// Sends the first half of its answer and dies, or, asked to be "silent", sends nothing more.
import { writeSync } from 'node:fs';
import { serve } from './fakeProtocol.mjs';
import { channel } from './protocolChannel.mjs';

serve({
  'chat/send': async ({ text }, id) => {
    writeSync(channel, `Content-Length: 1000\r\n\r\n{"jsonrpc":"2.0","id":${id},"result":{"text":"A re`);
    if (text !== 'silent') {
      process.kill(process.pid, 'SIGKILL');
    }
    for (;;);
  },
});
