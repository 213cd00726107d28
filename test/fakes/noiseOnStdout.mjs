// Prints on stdout and stderr as native libraries do, with things in it that look like messages.
import { serve } from './fakeProtocol.mjs';

process.stdout.write('llama_model_loader: loaded\n{"jsonrpc":"2.0","id":0,"result":"not an answer"}\nContent-Length: 5\r\n\r\nhello\n');
process.stderr.write('ggml: \u001b[31mwarning\u001b[0m\nno end of line');
serve({
  'chat/send': () => {
    process.stdout.write('x'.repeat(300_000) + '\n');
    return { text: 'calm' };
  },
});
