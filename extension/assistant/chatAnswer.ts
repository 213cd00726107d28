import { randomUUID } from 'node:crypto';
import { usingClip } from '../../server/client/usingClip.js';
import {
  ChatCloseRequest,
  ChatCreateRequest,
  type ChatHistory,
  ChatRestoreRequest,
  ChatSendRequest,
  findAnswerTimes,
  type Segment,
  SummaryCreateRequest,
  type VideoFacts,
} from '../../server/protocol/index.js';
import { stageText } from '../summaries/progressText.js';
import { captionClip, findMoments, listTimeline, showFrames } from './chatMoments.js';
import type { ChatOutcome, ChatPorts, ChatTask } from './chatPorts.js';
import { disarmDelta, linkOf, tellDemonstration } from './chatText.js';

/** More are nobody's help. */
const mostLinks = 12;

/**
 * Does what somebody wants of `@video`.
 *
 * @throws VideoChatError as the server answers
 */
export async function answerTask(task: ChatTask, ports: ChatPorts): Promise<ChatOutcome> {
  const { verb, clip } = task;
  if (verb === 'find') {
    return findMoments(task, ports);
  }
  if (clip === undefined) {
    const { t } = ports;
    ports.say(t('Which video? Attach one with "#file", or open it in VideoChat first.'));
    return { verb };
  }
  const { client, token } = ports;
  return usingClip(client, clip, { token }, async ({ videoId, facts }) => {
    switch (verb) {
      case 'ask':
        return { verb, clip, answer: await ask(task, videoId, facts, ports) };
      case 'summarize':
        return { verb, clip, answer: await summarize(videoId, facts, ports) };
      case 'caption':
        await captionClip(videoId, facts, ports);
        return { verb, clip };
      case 'timeline':
        await listTimeline(videoId, facts, ports);
        return { verb, clip };
    }
  });
}

async function ask({ text, turns }: ChatTask, videoId: string, facts: VideoFacts, ports: ChatPorts): Promise<string> {
  const { client, token, t } = ports;
  const model = await ports.model();
  const chatId = await conversation(turns, videoId, facts, model.id, ports);
  try {
    const answer = await client.request(ChatSendRequest, { chatId, text }, {
      token,
      onProgress: (value) => {
        if (value.kind === 'delta') {
          ports.say(disarmDelta(value.text));
        } else {
          const stage = stageText(value, t);
          if (stage !== undefined) {
            ports.stage(stage);
          }
        }
      },
    });
    const evidence = (answer.evidence ?? []).map(({ startSeconds, endSeconds }) => ({ startSeconds, endSeconds }));
    tellMoments(facts, [...timesOf(answer.text, facts), ...evidence], ports);
    if (answer.from !== 'timeline') {
      tellDemonstration(ports, model);
    }
    return answer.text;
  } finally {
    client.request(ChatCloseRequest, { chatId }).catch(() => undefined);
  }
}

/** A conversation that knows what was said before. */
async function conversation(turns: ChatTask['turns'], videoId: string, facts: VideoFacts, modelId: string, { client, token }: ChatPorts): Promise<string> {
  if (turns.length === 0) {
    return (await client.request(ChatCreateRequest, { videoId, modelId }, { token })).chatId;
  }
  const history: ChatHistory = {
    ...{ chatId: randomUUID(), modelId, videoPath: facts.path, options: {} },
    turns: turns.map((turn) => ({ ...turn, state: 'complete' })),
  };
  return (await client.request(ChatRestoreRequest, { history }, { token })).chatId;
}

async function summarize(videoId: string, facts: VideoFacts, ports: ChatPorts): Promise<string> {
  const { client, token, t } = ports;
  const model = await ports.model();
  let streamed = '';
  const summary = await client.request(SummaryCreateRequest, { videoId, modelId: model.id }, {
    token,
    onProgress: (value) => {
      if (value.kind === 'delta') {
        streamed += value.text;
        ports.say(disarmDelta(value.text));
      } else if (value.kind === 'stage' || value.kind === 'step') {
        const stage = stageText(value, t);
        if (stage !== undefined) {
          ports.stage(stage);
        }
      }
    },
  });
  if (streamed === '') {
    ports.say(disarmDelta(summary.text));
  }
  tellMoments(facts, summary.moments.map(({ segment }) => segment), ports);
  await showFrames(videoId, facts, 'middle:3', ports);
  if (summary.from !== 'timeline' && summary.from !== 'events') {
    tellDemonstration(ports, model);
  }
  return summary.text;
}

/** Links to the moments that were spoken of. */
function tellMoments(facts: VideoFacts, segments: readonly Segment[], ports: ChatPorts): void {
  const links = [...new Set(segments.map((segment) => linkOf(ports, facts.path, segment)))].slice(0, mostLinks);
  if (facts.kind === 'video' && links.length > 0) {
    ports.tell(`\n\n${ports.t('Moments:')} ${links.join(' · ')}`);
  }
}

function timesOf(text: string, { durationSeconds }: VideoFacts): Segment[] {
  return findAnswerTimes(text)
    .filter(({ startSeconds }) => startSeconds < durationSeconds)
    .map(({ startSeconds, endSeconds = startSeconds }) => ({ startSeconds, endSeconds: Math.min(endSeconds, durationSeconds) }));
}
