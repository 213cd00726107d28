import { expectCode, expectThat } from './expectations.mjs';

/** @type {import('./checks.mjs').Check[]} */
export const chatChecks = [
  {
    name: 'opens a clip, the same one under the same id',
    needs: ['clip'],
    run: async (peer, { clip }) => {
      const [first, second] = [await peer.result('video/open', { path: clip }), await peer.result('video/open', { path: clip })];
      expectThat(first.videoId === second.videoId, 'it has two ids');
      expectThat(/^[0-9a-f]{64}$/.test(first.facts.contentHash), 'contentHash is no SHA-256 in hex');
      expectThat(first.facts.durationSeconds > 0 && first.facts.frameCount > 0, 'it has no duration or no frames');
      await peer.result('video/close', { videoId: first.videoId });
      await peer.result('video/close', { videoId: first.videoId });
    },
  },
  {
    name: 'plans frames: in order, inside the clip, and not for nonsense',
    needs: ['clip'],
    run: async (peer, { clip }) => {
      const { videoId, facts } = await peer.result('video/open', { path: clip });
      const { indices, seconds } = await peer.result('video/plan', { videoId, plan: 'videochat:8' });
      expectThat(indices.length === 8 && seconds.length === 8, 'there are not 8 frames');
      expectThat(indices.every((index, i) => index >= (indices[i - 1] ?? 0) && index < facts.frameCount), 'frames are not in order, or not in the clip');
      expectCode(await peer.request('video/plan', { videoId, plan: 'nonsense' }), 207, 'a plan that is none');
      await peer.result('video/close', { videoId });
    },
  },
  {
    name: 'forgets a clip that was closed as often as it was opened',
    needs: ['clip'],
    run: async (peer, { clip }) => {
      const { videoId } = await peer.result('video/open', { path: clip });
      await peer.result('video/open', { path: clip });
      await peer.result('video/close', { videoId });
      await peer.result('video/plan', { videoId, plan: 'videochat:8' });
      await peer.result('video/close', { videoId });
      expectCode(await peer.request('video/plan', { videoId, plan: 'videochat:8' }), 206, 'a closed clip');
    },
  },
  {
    name: 'answers a question: all deltas together are the text, and the conversation is kept',
    needs: ['clip', 'model'],
    run: async (peer, given) => {
      const { chatId } = await conversation(peer, given);
      let streamed = '';
      const answer = await peer.result('chat/send', { chatId, text: 'What is in the video?' }, { onProgress: (value) => (streamed += value.kind === 'delta' ? value.text : '') });
      expectThat(streamed === answer.text, `the deltas say ${JSON.stringify(streamed)}, the answer ${JSON.stringify(answer.text)}`);
      expectThat(answer.turn === 0, `the first turn is ${answer.turn}`);
      const { turns } = await peer.result('chat/history', { chatId });
      expectThat(turns.length === 1 && turns[0].answer === answer.text, 'the history has another answer');
      await peer.result('chat/close', { chatId });
      expectCode(await peer.request('chat/history', { chatId }), 401, 'a closed conversation');
    },
  },
  {
    name: 'sends no progress where none was asked for',
    needs: ['clip', 'model'],
    run: async (peer, given) => {
      const { chatId } = await conversation(peer, given);
      await peer.result('chat/send', { chatId, text: 'What is in the video?', sampling: { maxTokens: 4 } });
    },
  },
  {
    name: 'stops a question that is cancelled, and the conversation goes on',
    needs: ['clip', 'model'],
    run: async (peer, given) => {
      const { chatId } = await conversation(peer, given);
      const asked = peer.request('chat/send', { chatId, text: 'Tell all about it.' });
      peer.notify('$/cancelRequest', { id: asked.id });
      expectCode(await asked, -32800, 'a question that was cancelled');
      await peer.result('chat/send', { chatId, text: 'What is in the video?', sampling: { maxTokens: 4 } });
    },
  },
  {
    name: 'refuses a question that is empty',
    needs: ['clip', 'model'],
    run: async (peer, given) => {
      const { chatId } = await conversation(peer, given);
      expectCode(await peer.request('chat/send', { chatId, text: '   ' }), -32602, 'an empty question');
    },
  },
];

async function conversation(peer, { clip, model }) {
  const { videoId } = await peer.result('video/open', { path: clip });
  return peer.result('chat/create', { videoId, modelId: model });
}
