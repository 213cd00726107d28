// Dies in the middle of an answer to "crash"; answers anything else.
import { pause, send, serve } from './fakeProtocol.mjs';

serve({
  'chat/send': async ({ text, progressToken }) => {
    send({ method: '$/progress', params: { token: progressToken, sequence: 0, value: { kind: 'delta', text: 'A red' } } });
    if (text === 'crash') {
      // What was said has left.
      await pause(100);
      process.kill(process.pid, 'SIGKILL');
    }
    return { text: 'A red ball.' };
  },
});
