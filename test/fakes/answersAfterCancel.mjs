// Was just about to answer when the cancellation came, and answers all the same, with progress after it.
import { send, serve } from './fakeProtocol.mjs';

let finish;
serve({
  'chat/send': ({ progressToken }) =>
    new Promise((resolve) => {
      finish = () => {
        send({ method: '$/progress', params: { token: progressToken, sequence: 0, value: { kind: 'delta', text: 'late' } } });
        resolve({ text: 'late' });
        // Nothing may follow a response; this does.
        setTimeout(() => send({ method: '$/progress', params: { token: progressToken, sequence: 1, value: {} } }), 0);
      };
    }),
  '$/cancelRequest': () => finish(),
});
