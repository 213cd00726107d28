/** What is in a bundle of its own, and loaded when it is first needed. It comes by `import()` only. */
export { Annotator } from './annotate/annotator.js';
export { createDatasets } from './datasets/createDatasets.js';
export { suggestAnnotations } from './suggestions/suggestAnnotations.js';
export { summarizeFolder } from './summaries/summarizeFolder.js';
export { summarizeVideo } from './summaries/summarizeVideo.js';
