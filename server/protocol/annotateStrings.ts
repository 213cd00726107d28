/**
 * What a person reads on the annotator's page, beside what it shares with the chat page (`panelStrings.ts`; no key is in
 * both). The host sends both translated as one JSON object in `<script id="strings">`; these English texts are the keys
 * of the translations. `{0}`, `{1}` are filled in by the page.
 */
export const englishAnnotateStrings = {
  // Faces of the whole page
  openingDocument: 'Opening the annotations…',
  unreadableTitle: 'This file cannot be read as annotations',
  unreadableHint: 'Nothing of it was changed. Repair it as text; this view follows at once.',
  openAsText: 'Open as text',
  readOnly: 'Read-only',

  // Player and transport
  cannotShow: 'This picture cannot be shown here.',
  noVideoHere: 'Annotations can be edited all the same.',
  openInChat: 'Ask about this clip in a chat',
  jumpBackward: 'Back one second',
  jumpForward: 'On one second',
  loopSegment: 'Repeat the selected segment',
  playSegment: 'Play only the selected segment',
  frameNumber: 'f {0}',
  /** Frame rates do not say where frames are: so as long as their times are not known. */
  aboutFrame: 'f ≈{0}',
  timeAndFrame: '{0}, frame {1}',

  // Toolbar
  tools: 'Segments',
  pictureTools: 'Annotations of the picture',
  markSegmentStart: 'Mark the start here',
  markSegmentEnd: 'Mark the end here, with this frame',
  addSegment: 'Add a segment',
  splitSegment: 'Split here',
  mergeSegments: 'Merge the selected segments',
  duplicateSegment: 'Duplicate',
  deleteSegment: 'Delete',
  snapping: 'Snap to frames, shots and edges',
  undo: 'Undo',
  redo: 'Redo',
  zoom: 'Zoom',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  zoomToFit: 'Show the whole clip',

  // Timeline
  timeline: 'Timeline',
  timelineHint: 'Drag to add a segment. Drag a segment, or its edges, to change it.',
  position: 'Position in the clip',
  visiblePart: 'Visible part',
  shots: 'shots',
  waveform: 'sound',
  mainTrack: 'main',
  noLabel: 'no label',
  /** Label, start, end, track, status, caption. */
  segmentName: '{0}, {1} to {2}, track {3}, {4}. {5}',

  // Status of items
  statusOwn: 'own',
  statusSuggested: 'suggested',
  statusAccepted: 'accepted',
  statusEdited: 'edited',
  statusRejected: 'rejected',

  // Details
  segment: 'Segment',
  nothingSelected: 'Nothing is selected',
  nothingSelectedHint: 'Choose a segment on the timeline, or drag on a track to add one.',
  /** Number. */
  severalSelected: '{0} segments are selected',
  label: 'Label',
  labels: 'Labels',
  labelsHint: 'Label the marked part, or what plays until the next press',
  track: 'Track',
  start: 'Start',
  end: 'End',
  startFrame: 'First frame',
  endFrame: 'Frame after the end',
  badTime: 'Write a time as 1:23.456, or as seconds.',
  caption: 'Caption',
  captionHint: 'What happens here? Enter goes back to the timeline, Shift+Enter begins a new line.',
  attributes: 'Attributes',
  required: 'required',
  notSet: 'not set',
  yes: 'yes',
  no: 'no',
  /** Who. */
  suggestedBy: 'suggested by {0}',
  /** Who. */
  madeBy: 'by {0}',
  aModel: 'a model',
  /** Status, reviewer. */
  reviewedBy: '{0} by {1}',
  accept: 'Accept',
  edit: 'Edit',
  reject: 'Reject',
  goThere: 'Go there',

  // Lists
  tabCaptions: 'Captions',
  tabQuestions: 'Q&A',
  tabConversations: 'Conversation',
  tabClip: 'Clip',
  tabPicture: 'Picture',
  panes: 'Annotations',
  search: 'Search',
  filterStatus: 'Status',
  filterLabel: 'Label',
  anyStatus: 'Any status',
  toReview: 'To review',
  anyLabel: 'Any label',
  reviewFirst: 'What is to review comes first',
  nothingFound: 'Nothing matches.',
  noSegments: 'No segments yet.',
  noQuestions: 'No questions yet.',
  noConversations: 'No conversations yet.',
  noCaption: 'no caption',

  // Questions
  question: 'Question and answer',
  questionText: 'Text of the question',
  addQuestion: 'Add a question',
  deleteQuestion: 'Delete the question',
  answer: 'Answer',
  options: 'Options',
  /** Letter. */
  option: 'Option {0}',
  correctOption: 'Option {0} is right',
  addOption: 'Add an option',
  removeOption: 'Remove option {0}',
  questionType: 'Type',
  span: 'Part of the clip',
  wholeClip: 'whole clip',
  takeSpan: 'Take the marked part or the selected segment',
  clearPart: 'Take the whole clip',

  // Conversations
  dialogue: 'Conversation with turns',
  addConversation: 'Add a conversation',
  deleteConversation: 'Delete the conversation',
  addTurn: 'Add a turn',
  removeTurn: 'Remove turn {0}',
  moveTurnUp: 'Move turn {0} up',
  moveTurnDown: 'Move turn {0} down',
  roleOfTurn: 'Role of turn {0}',
  textOfTurn: 'Text of turn {0}',
  roleUser: 'user',
  roleAssistant: 'assistant',
  roleSystem: 'system',
  goodTurn: 'Turn {0} is good',
  badTurn: 'Turn {0} is bad',

  // Clip
  description: 'Description',
  descriptionHint: 'What does the whole clip show?',
  pictureHint: 'What does the picture show?',
  tags: 'Tags',
  tagsHint: 'Separate tags with commas',
  instructions: 'Instructions',

  // Problems
  problems: 'Problems',
  oneProblem: '1 problem',
  problemsCount: '{0} problems',

  // Review
  review: 'Review',
  reviewLeft: '{0} left to review',
  nextReview: 'Next',
  endReview: 'End the review',

  // Suggestions
  suggest: 'Suggest',
  suggestHint: 'Let a model suggest; you accept, edit or reject',
  suggestFor: 'For',
  forClip: 'the whole clip',
  forSpan: '{0} to {1}',
  forSegments: 'the selected segments ({0})',
  taskCaption: 'Captions for segments',
  taskDenseCaption: 'Segments with captions',
  taskShots: 'Segments from shots',
  taskTimeline: 'Events of the timeline',
  taskQuestions: 'Questions and answers',
  taskConversation: 'A conversation',
  taskLabels: 'Labels for segments',
  taskDescription: 'A description of the clip',
  taskPictureDescription: 'A description of the picture',
  suggesting: 'Suggesting…',
  /** What, done, total. */
  suggestingOf: '{0} ({1} of {2})',
  cancelSuggest: 'Stop suggesting',

  // Footer
  oneSegment: '1 segment',
  segmentsCount: '{0} segments',
  oneQuestion: '1 question',
  questionsCount: '{0} questions',
  oneConversation: '1 conversation',
  conversationsCount: '{0} conversations',
  reviewCount: '{0} to review',
  saved: 'saved',
  unsaved: 'unsaved changes',
  sending: 'applying…',
  save: 'Save',
  keys: 'keys',
  keysTitle: 'Keys',
  keysHint: 'These are the keys that VideoChat comes with. Every one can be changed; the keys as you have them are in the editor’s keyboard shortcuts.',
  changeKeys: 'Keyboard shortcuts',
  noKey: 'no key',
  close: 'Close',

  // Words for steps of undo
  didAdd: 'Add segment',
  didMove: 'Move segment',
  didResize: 'Resize segment',
  didSplit: 'Split segment',
  didMerge: 'Merge segments',
  didDuplicate: 'Duplicate segment',
  didDelete: 'Delete',
  didLabel: 'Set label',
  didTrack: 'Set track',
  didTimes: 'Set times',
  didCaption: 'Edit caption',
  didAttribute: 'Edit attribute',
  didAccept: 'Accept',
  didReject: 'Reject',
  didQuestion: 'Edit question',
  didConversation: 'Edit conversation',
  didClip: 'Edit clip',

  // Said to screen readers, and in the footer
  /** Label. */
  saidAdded: 'Added: {0}.',
  saidSplit: 'Split.',
  saidMerged: 'Merged.',
  saidDeleted: 'Deleted.',
  saidAccepted: 'Accepted.',
  saidRejected: 'Rejected.',
  /** Time. */
  saidMarkedIn: 'Starts at {0}.',
  saidMarkedOut: 'Ends at {0}.',
  /** Label. */
  saidEventStarted: '{0} goes on from here.',
  saidNoSegment: 'Select a segment first.',
  saidNoRoomToSplit: 'The playhead is not inside the selected segment.',
  saidSelectTwo: 'Select two segments or more of one track.',
  saidNoLabel: 'No label has this key.',
  saidNothingToReview: 'Nothing is left to review here.',
  saidReadOnly: 'These annotations are read-only.',
  saidSnappingOn: 'Snapping is on.',
  saidSnappingOff: 'Snapping is off.',
  saidNothingMore: 'No more.',
  saidPicture: 'A picture has no timeline.',
} as const;

export type AnnotateStrings = { [Key in keyof typeof englishAnnotateStrings]: string };
