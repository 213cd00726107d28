// Answers "bytes", "text", "null" and the like with what is no message; goes on living as if nothing had happened.
import { serve } from './fakeProtocol.mjs';
import { frame, write } from './protocolChannel.mjs';

const garbage = {
  bytes: Buffer.from([0, 255, 13, 7, 254, 10]),
  text: 'llama_model_loader: loaded\n',
  brokenJson: frame('{"jsonrpc":"2.0","id":'),
  brokenCharacters: Buffer.concat([Buffer.from('Content-Length: 4\r\n\r\n'), Buffer.from([34, 255, 254, 34])]),
  nothing: frame('null'),
  number: frame('7'),
  list: frame('[]'),
  empty: frame('{}'),
  answerToNobody: frame('{"jsonrpc":"2.0","result":1}'),
  tooLarge: 'Content-Length: 99999999999\r\n\r\n',
};
serve({
  'chat/send': ({ text }) => {
    const wrong = garbage[text];
    if (wrong === undefined) {
      return { text: 'A red ball.' };
    }
    write(wrong);
    return new Promise(() => undefined);
  },
});
