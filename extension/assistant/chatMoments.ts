import { usingClip } from '../../server/client/usingClip.js';
import {
  DenseCaptionCreateRequest,
  LocateCreateRequest,
  SearchIndexRequest,
  SearchQueryRequest,
  TimelineCreateRequest,
  type TimelineTrack,
  type VideoFacts,
  VideoFramesRequest,
} from '../../server/protocol/index.js';
import { formatTime } from '../summaries/documentText.js';
import { stageText } from '../summaries/progressText.js';
import type { ChatOutcome, ChatPorts, ChatTask } from './chatPorts.js';
import { linkOf, plainLine, tellDemonstration } from './chatText.js';

const mostMoments = 10;
const mostEvents = 100;
const mostPictures = 3;
/** Pictures go along in the text of an answer, whose length is limited. */
const pictureSide = 192;

/** When something is to be seen: in the clip that is meant, else in all of the workspace. */
export async function findMoments(task: ChatTask, ports: ChatPorts): Promise<ChatOutcome> {
  const { verb, clip, text } = task;
  const { t } = ports;
  if (text.trim() === '') {
    ports.say(t('What is looked for? Write it behind the command, e.g. "/find a dog".'));
    return { verb, ...(clip === undefined ? {} : { clip }) };
  }
  if (clip !== undefined) {
    await locate(clip, text, ports);
    return { verb, clip };
  }
  if (ports.folders.length === 0) {
    ports.say(t('Which video? Attach one with "#file", or open it in VideoChat first.'));
    return { verb };
  }
  await search(text, ports);
  return { verb };
}

async function locate(clip: string, query: string, ports: ChatPorts): Promise<void> {
  const { client, token, t } = ports;
  const model = await ports.model();
  await usingClip(client, clip, { token }, async ({ videoId, facts }) => {
    const found = await client.request(LocateCreateRequest, { videoId, query, modelId: model.id, most: mostMoments }, {
      token,
      onProgress: (value) => {
        const stage = stageText(value, t);
        if (stage !== undefined) {
          ports.stage(stage);
        }
      },
    });
    const rows = found.spans.map((span) => {
      const why = span.reasons.length > 0 ? `: ${plainLine(span.reasons.join(', '))}` : '';
      return `- ${linkOf(ports, facts.path, span)} (${t('{0} % sure', Math.round(100 * span.confidence))})${why}`;
    });
    ports.tell(rows.length > 0 ? `${rows.join('\n')}\n` : plainLine(t('Nothing was found for "{0}".', query)));
    if (found.note !== undefined) {
      ports.say(`\n\n*${plainLine(found.note)}*`);
    }
    const best = [...new Set(found.spans.map(({ bestSeconds }) => bestSeconds))].slice(0, mostPictures);
    if (best.length > 0) {
      await showFrames(videoId, facts, `at:${best.map((at) => Number(at.toFixed(6))).join(',')}`, ports);
    }
    if (found.from === 'embeddings' || found.from === 'both') {
      tellDemonstration(ports, found.model);
    }
  });
}

async function search(query: string, ports: ChatPorts): Promise<void> {
  const { client, token, t } = ports;
  const folders = [...ports.folders];
  const { clips, unseen } = await client.request(SearchIndexRequest, { folders }, {
    token,
    onProgress: (value) => value.kind === 'clips' && ports.stage(t('comparing clips {0}/{1}', value.done, value.total)),
  });
  const { moments } = await client.request(SearchQueryRequest, { query, folders, limit: mostMoments }, { token });
  const rows = moments.map((moment) => {
    const what = moment.matches.map(({ text }) => plainLine(text, 120)).join('; ');
    return `- ${plainLine(ports.nameOf(moment.path))} ${linkOf(ports, moment.path, moment)}: ${what}`;
  });
  ports.tell(rows.length > 0 ? `${rows.join('\n')}\n` : plainLine(t('Nothing was found for "{0}" in {1} clips.', query, clips)));
  if (unseen > 0) {
    ports.say(`\n\n*${plainLine(t('{0} clips were not looked through yet: of them only names, subtitles and annotations are known.', unseen))}*`);
  }
}

/** What happens in a clip, event by event. */
export async function captionClip(videoId: string, facts: VideoFacts, ports: ChatPorts): Promise<void> {
  const { client, token, t } = ports;
  const model = await ports.model();
  const made = await client.request(DenseCaptionCreateRequest, { videoId, modelId: model.id }, {
    token,
    onProgress: (value) => {
      if (value.kind === 'step') {
        ports.stage(stageText(value, t) ?? '');
      }
    },
  });
  const rows = made.captions.map((caption) => `- ${linkOf(ports, facts.path, caption)}: ${plainLine(caption.text)}`);
  ports.tell(rows.length > 0 ? `${rows.join('\n')}\n` : plainLine(made.note || t('The model said nothing about this clip.')));
  if (rows.length > 0 && made.note !== '') {
    ports.say(`\n\n*${plainLine(made.note)}*`);
  }
  if (made.from === 'embeddings' || made.from === 'both') {
    tellDemonstration(ports, made.model);
  }
}

/** What perception models notice in a clip, track by track. */
export async function listTimeline(videoId: string, facts: VideoFacts, ports: ChatPorts): Promise<void> {
  const { client, token, t } = ports;
  const { events, tracks } = await client.request(TimelineCreateRequest, { videoId }, {
    token,
    onProgress: (value) => value.kind === 'step' && ports.stage(t('looking through the clip')),
  });
  const names: Record<TimelineTrack, string> = { shots: t('Shots'), objects: t('Objects'), text: t('Text'), speech: t('Speech'), people: t('People'), motion: t('Motion') };
  const shown = events.slice(0, mostEvents);
  const parts = tracks.flatMap(({ track }) => {
    const rows = shown.filter((event) => event.track === track);
    const lines = rows.map((event) => `- ${linkOf(ports, facts.path, event)}: ${plainLine(event.label)}${event.count !== undefined && event.count > 1 ? ` × ${event.count}` : ''}`);
    return lines.length > 0 ? [`**${names[track]}**\n\n${lines.join('\n')}\n`] : [];
  });
  ports.tell(parts.length > 0 ? parts.join('\n') : t('Nothing was noticed.'));
  if (events.length > shown.length) {
    ports.say(`\n\n*${plainLine(t('… and {0} more.', events.length - shown.length))}*`);
  }
}

/** Frames of a clip, small. */
export async function showFrames(videoId: string, facts: VideoFacts, plan: string, ports: ChatPorts): Promise<void> {
  const { plan: made, paths } = await ports.client.request(VideoFramesRequest, { videoId, plan, format: 'jpeg', maxSide: pictureSide }, { token: ports.token });
  ports.say('\n\n');
  for (const [i, path] of paths.entries()) {
    const at = made.seconds[i] ?? 0;
    if (facts.kind === 'video') {
      await ports.picture(path, formatTime(at), ports.momentLink(facts.path, { startSeconds: at, endSeconds: at }));
    } else {
      await ports.picture(path, plainLine(ports.nameOf(facts.path)));
    }
  }
}
