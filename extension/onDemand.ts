/** What is in a bundle of its own, and loaded when it is first needed. It comes by `import()` only. */
export { answerInChat, followUps } from './assistant/answerInChat.js';
export { invokeTool, prepareTool } from './assistant/invokeTool.js';
export { showMoment } from './assistant/showMoment.js';
export { textModels } from './assistant/textModels.js';
export { Annotator } from './annotate/annotator.js';
export { createDatasets } from './datasets/createDatasets.js';
export { createSearch } from './search/createSearch.js';
export { denseCaptionVideo } from './moments/denseCaptionVideo.js';
export { findMoment } from './moments/findMoment.js';
export { addEndpoint } from './remote/addEndpoint.js';
export { answerForServer } from './remote/answerForServer.js';
export { createEditorApi } from './remote/createEditorApi.js';
export { useEditorModel } from './remote/useEditorModel.js';
export { suggestAnnotations } from './suggestions/suggestAnnotations.js';
export { compareVideos } from './summaries/compareVideos.js';
export { narrateVideo } from './summaries/narrateVideo.js';
export { summarizeFolder } from './summaries/summarizeFolder.js';
export { summarizeVideo } from './summaries/summarizeVideo.js';
