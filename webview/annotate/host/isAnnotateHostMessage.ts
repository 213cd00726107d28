import { annotateCommands, type AnnotateHostMessage } from '../../../server/protocol/annotatePanel.js';
import { suggestTasks } from '../../../server/protocol/suggest.js';
import { type Guard, isCount, isFlag, isNumber, isText, listOf, oneOf, optional, shape } from '../../chat/host/guards.js';

const isList = oneOf('segments', 'questions', 'conversations');
const isProblem = shape({ message: isText, hint: optional(isText), actions: optional(listOf(isText)) });
const isSegment = shape({ startSeconds: isNumber, endSeconds: isNumber });

const isSpan = shape({ start: isNumber, end: isNumber });
const isProvenance = shape({
  author: optional(isText),
  model: optional(shape({ id: isText })),
  status: optional(oneOf('suggested', 'accepted', 'edited', 'rejected')),
  confidence: optional(isNumber),
  reviewer: optional(isText),
});
const isAnnotatedSegment = shape({
  id: isText,
  start: isNumber,
  end: isNumber,
  track: optional(isText),
  label: optional(isText),
  caption: optional(isText),
  attributes: optional(shape({})),
  provenance: optional(isProvenance),
});
const isQuestion = shape({
  id: isText,
  question: isText,
  answer: optional(isText),
  options: optional(listOf(isText)),
  correct: optional(isCount),
  type: optional(isText),
  span: optional(isSpan),
  provenance: optional(isProvenance),
});
const isTurn = shape({ role: oneOf('system', 'user', 'assistant'), text: isText, span: optional(isSpan), rating: optional(oneOf('up', 'down')) });
const isConversation = shape({ id: isText, turns: listOf(isTurn), provenance: optional(isProvenance) });
const isDocument = shape({
  media: shape({ path: isText }),
  description: optional(isText),
  tags: optional(listOf(isText)),
  segments: listOf(isAnnotatedSegment),
  questions: listOf(isQuestion),
  conversations: listOf(isConversation),
});
const isEdit: Guard<unknown> = (value): value is unknown =>
  shape({ op: oneOf('add'), list: isList, item: shape({ id: isText }) })(value) ||
  shape({ op: oneOf('patch'), list: isList, id: isText, set: shape({}) })(value) ||
  shape({ op: oneOf('remove'), list: isList, id: isText })(value) ||
  shape({ op: oneOf('clip'), set: shape({}) })(value);

const isDocumentProblem = shape({ code: isText, severity: oneOf('error', 'warning', 'information'), message: isText, itemId: optional(isText) });
const isDataset = shape({
  tracks: optional(listOf(shape({ id: isText, title: optional(isText), overlap: optional(isFlag) }))),
  labels: optional(
    listOf(
      shape({
        name: isText,
        color: optional(isText),
        key: optional(isText),
        tracks: optional(listOf(isText)),
        attributes: optional(
          listOf(shape({ name: isText, type: oneOf('text', 'number', 'boolean', 'choice'), options: optional(listOf(isText)), required: optional(isFlag) })),
        ),
      }),
    ),
  ),
  instructions: optional(isText),
});
/** Media come from this machine's own server, or through the editor's tunnel to it. */
const isMediaUrl: Guard<string> = (value): value is string => isText(value) && /^https?:\/\//i.test(value);
const isClip = shape({
  name: isText,
  facts: optional(shape({ kind: oneOf('video', 'image'), width: isNumber, height: isNumber, durationSeconds: isNumber, fps: isNumber, frameCount: isNumber, streams: listOf(shape({ kind: isText })) })),
  media: optional(shape({ mediaId: isText, mode: oneOf('file', 'remux', 'transcode', 'image'), url: isMediaUrl })),
  problem: optional(isProblem),
});
const isServer: Guard<unknown> = (value): value is unknown =>
  shape({ state: oneOf('stopped', 'starting', 'ready') })(value) ||
  shape({ state: oneOf('restarting'), attempt: isNumber })(value) ||
  shape({ state: oneOf('failed'), problem: isProblem })(value);
const isCommand = oneOf(...annotateCommands);

/** One guard per type: the compiler complains when the contract gets a message that is missing here. */
const guards: Record<AnnotateHostMessage['type'], Guard<unknown>> = {
  state: shape({
    state: shape({
      revision: isCount,
      document: optional(isDocument),
      problems: listOf(isDocumentProblem),
      dataset: isDataset,
      readOnly: isFlag,
      dirty: isFlag,
      clip: isClip,
      server: isServer,
      annotator: isText,
      review: optional(shape({ left: isNumber })),
    }),
  }),
  edited: shape({ revision: isCount, edits: listOf(isEdit), problems: listOf(isDocumentProblem), dirty: isFlag }),
  dirty: shape({ dirty: isFlag }),
  clip: shape({ clip: isClip }),
  server: shape({ server: isServer }),
  mediaProgress: shape({ fraction: isNumber }),
  suggesting: shape({ task: optional(oneOf(...suggestTasks)), done: optional(isNumber), total: optional(isNumber), what: optional(isText) }),
  command: shape({ command: isCommand }),
  reveal: shape({ list: isList, itemId: isText }),
  seek: shape({ segment: isSegment, play: isFlag }),
  keys: shape({ keys: listOf(shape({ command: isCommand, title: isText, key: isText })) }),
  reply: shape({ id: isCount, problem: optional(isProblem) }),
};

/** Whether the page may act on it. The rest of a refused message is not looked at. */
export function isAnnotateHostMessage(value: unknown): value is AnnotateHostMessage {
  return (
    shape({ type: isText })(value) && Object.hasOwn(guards, value.type) && guards[value.type as AnnotateHostMessage['type']](value)
  );
}
