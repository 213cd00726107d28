import { ErrorCode, LocateCreateRequest, SearchIndexRequest, type SearchMoment, SearchQueryRequest, VideoChatError } from '../../protocol/index.js';
import { defineTool, type ToolContext, type ToolResult } from './tool.js';
import { toolInputs } from './toolInputs.js';
import { spanText, reporting } from './toolText.js';
import { withClip } from './withClip.js';

const usualMost = 10;

/** When something is to be seen or heard, in one clip or in all of them. */
export const findTool = defineTool({
  name: 'video_find',
  title: 'Find moments in videos',
  description:
    'Finds when something is to be seen, read or heard: in one video (named by its path), or in all videos of a folder, where it searches what was noticed earlier, subtitles, annotations and names. Answers with paths and times.',
  input: toolInputs.find,
  run: ({ query, video, folder, most = usualMost }, context) => {
    if (video !== undefined && folder !== undefined) {
      throw new VideoChatError(ErrorCode.InvalidParams, 'Name a video or a folder, not both.');
    }
    return video === undefined ? search(context, query, folder, most) : locate(context, query, video, most);
  },
});

function locate(context: ToolContext, query: string, video: string, most: number): Promise<ToolResult> {
  return withClip(context, video, async ({ videoId, facts }) => {
    const { client, signal } = context;
    const model = await context.model();
    const { spans, note, from } = await client.request(LocateCreateRequest, { videoId, query, modelId: model.id, most }, { signal, onProgress: reporting(context) });
    const lines = spans.map((span) => `- ${spanText(span)} (${Math.round(100 * span.confidence)} % sure)${span.reasons.length > 0 ? `: ${span.reasons.join(', ')}` : ''}`);
    const head = lines.length > 0 ? `${facts.path}, ${from === 'events' ? 'from what perception models noticed' : `as ${model.name} says`}:` : `Nothing was found for "${query}" in ${facts.path}.`;
    return { text: [head, ...lines, ...(note === undefined ? [] : [note])].join('\n') };
  });
}

async function search(context: ToolContext, query: string, folder: string | undefined, most: number): Promise<ToolResult> {
  const { client, signal } = context;
  const folders = folder === undefined ? await context.folders() : [await context.locate(folder)];
  if (folders.length === 0) {
    throw new VideoChatError(ErrorCode.InvalidParams, 'There is no folder to look in.', { hint: 'Name a video or a folder.' });
  }
  const indexed = await client.request(SearchIndexRequest, { folders }, {
    signal,
    onProgress: (value) => value.kind === 'clips' && context.report({ what: 'comparing', done: value.done, total: value.total }),
  });
  const { moments, more } = await client.request(SearchQueryRequest, { query, folders, limit: most }, { signal });
  const unseen = indexed.unseen > 0 ? [`${indexed.unseen} of ${indexed.clips} videos were not looked through yet: of them only names, subtitles and annotations are known. video_timeline looks through one.`] : [];
  const head = moments.length > 0 ? [] : [`Nothing was found for "${query}" in ${indexed.clips} videos.`];
  return { text: [...head, ...moments.map(lineOf), ...(more ? ['There is more.'] : []), ...unseen].join('\n') };
}

function lineOf(moment: SearchMoment): string {
  const times = moment.endSeconds > moment.startSeconds ? ` ${spanText(moment)}` : '';
  return `- ${moment.path}${times}: ${moment.matches.map(({ kind, text }) => `${text.replace(/\s+/g, ' ').slice(0, 200)} (${kind})`).join('; ')}`;
}
