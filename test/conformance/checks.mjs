import { chatChecks } from './chatChecks.mjs';
import { expectCode, expectThat } from './expectations.mjs';
import { frame } from './framing.mjs';

/**
 * @typedef {object} Check
 * @property {string} name what a server does that follows the specification
 * @property {string[]} [needs] options without which it is left out: `clip`, `model`
 * @property {boolean} [raw] begins without a handshake
 * @property {boolean} [last] nothing can be asked of the server afterwards
 * @property {(peer: import('./peer.mjs').Peer, given: { clip: string, model: string }) => Promise<void>} run
 */

/** A file that is nowhere, absolute on any system. */
const nowhere = process.platform === 'win32' ? 'C:\\nowhere\\clip.mp4' : '/nowhere/clip.mp4';

/** @type {Check[]} */
export const checks = [
  {
    name: 'refuses requests before initialize',
    raw: true,
    run: async (peer) => expectCode(await peer.request('server/status'), -32002, 'server/status'),
  },
  {
    name: 'refuses a client of another major version',
    raw: true,
    run: async (peer) => expectCode(await peer.request('initialize', { protocolVersion: '999.0', client: { name: 'conformance' } }), 102, 'version 999.0'),
  },
  {
    name: 'refuses an initialize without a version',
    raw: true,
    run: async (peer) => expectCode(await peer.request('initialize', { client: { name: 'conformance' } }), -32602, 'initialize'),
  },
  { name: 'is initialized once', run: async (peer) => expectCode(await peer.request('initialize', { protocolVersion: '1.0', client: { name: 'again' } }), -32600, 'a second initialize') },
  { name: 'answers unknown methods with MethodNotFound', run: async (peer) => expectCode(await peer.request('no/such/method'), -32601, 'no/such/method') },
  { name: 'answers wrong params with InvalidParams', run: async (peer) => expectCode(await peer.request('video/open', { path: 5 }), -32602, 'a path that is a number') },
  {
    name: 'ignores unknown notifications and members',
    run: async (peer) => {
      peer.notify('no/such/notification', { a: 1 });
      peer.notify('$/cancelRequest', { id: 'unknown' });
      await peer.result('server/status', { unknown: true });
    },
  },
  {
    name: 'takes numbers and strings as ids, and gives them back as they are',
    run: async (peer) => {
      for (const id of ['a-1', 77]) {
        const answer = await peer.request('server/status', {}, { id });
        expectThat(answer.id === id, `the id ${JSON.stringify(id)} came back as ${JSON.stringify(answer.id)}`);
      }
    },
  },
  {
    name: 'answers JSON that is no message with InvalidRequest and its id',
    run: async (peer) => {
      const answered = peer.answerTo(7001);
      peer.write(frame({ jsonrpc: '2.0', id: 7001, method: 5 }));
      expectCode(await answered, -32600, 'a method that is a number');
    },
  },
  {
    name: 'answers what is no JSON with ParseError, and goes on',
    run: async (peer) => {
      const answered = peer.answerTo(null);
      peer.write(frame('{"jsonrpc": oops'));
      expectCode(await answered, -32700, 'broken JSON');
      await peer.result('server/status');
    },
  },
  {
    name: 'reads messages in any pieces',
    run: async (peer) => {
      const [first, second] = [peer.answerTo('p-1'), peer.answerTo('p-2')];
      const bytes = Buffer.concat(['p-1', 'p-2'].map((id) => frame({ jsonrpc: '2.0', id, method: 'server/status', params: {} })));
      for (let at = 0; at < bytes.length; at += 7) {
        peer.write(bytes.subarray(at, at + 7));
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await Promise.all([first, second]);
    },
  },
  {
    name: 'closes the connection after a framing error, with exit code 2',
    last: true,
    run: async (peer) => {
      peer.write('Content-Length: 30abc\r\n\r\n{}');
      const code = await peer.end();
      expectThat(code === 2, `it ended with ${code}`);
    },
  },
  {
    name: 'shuts down: refuses new work, ends with 0',
    last: true,
    run: async (peer) => {
      expectThat((await peer.result('shutdown')) === null, 'the result of shutdown is not null');
      await peer.result('shutdown');
      expectCode(await peer.request('server/status'), 103, 'server/status after shutdown');
      peer.notify('exit');
      const code = await peer.end();
      expectThat(code === 0, `it ended with ${code}`);
    },
  },
  {
    name: 'ends with 1 when the client leaves without shutdown',
    last: true,
    run: async (peer) => {
      peer.child.stdin.end();
      const code = await peer.end();
      expectThat(code === 1, `it ended with ${code}`);
    },
  },
  { name: 'lists models', run: async (peer) => void (await peer.result('model/list')) },
  { name: 'says that a model is unknown', run: async (peer) => expectCode(await peer.request('model/status', { modelId: 'no-such-model' }), 301, 'an unknown model') },
  { name: 'says that a file is not there', run: async (peer) => expectCode(await peer.request('video/open', { path: nowhere }), 201, 'a missing file') },
  { name: 'says that a video id is unknown', run: async (peer) => expectCode(await peer.request('video/plan', { videoId: 'no-such-video', plan: 'videochat:8' }), 206, 'an unknown video') },
  ...chatChecks,
];
