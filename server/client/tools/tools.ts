import { annotateTool } from './annotateTool.js';
import { askTool } from './askTool.js';
import { findTool } from './findTool.js';
import { framesTool } from './framesTool.js';
import { summarizeTool } from './summarizeTool.js';
import { timelineTool } from './timelineTool.js';
import type { Tool } from './tool.js';

/** What agents can have done with clips: the same in an editor's chat and over the Model Context Protocol. */
export const tools: readonly Tool[] = [askTool, summarizeTool, findTool, framesTool, timelineTool, annotateTool];
