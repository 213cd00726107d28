import type { Format } from '../../../../server/dataset/formats/format.js';
import { activitynetCaptionsFormat } from '../../../../server/dataset/formats/activitynetCaptionsFormat.js';
import { llavaFormat } from '../../../../server/dataset/formats/llavaFormat.js';
import { messagesFormat } from '../../../../server/dataset/formats/messagesFormat.js';
import { jsonlFormat } from '../../../../server/dataset/formats/jsonlFormat.js';
import { videochat2ItFormat } from '../../../../server/dataset/formats/videochat2ItFormat.js';
import { videochatFormat } from '../../../../server/dataset/formats/videochatFormat.js';
import { videoChatGptFormat } from '../../../../server/dataset/formats/videoChatGptFormat.js';
import { vtimellmFormat } from '../../../../server/dataset/formats/vtimellmFormat.js';

/** Files as their tools write them, with invented content: name in test/golden/dataset → format. */
export const goldenFiles: readonly [file: string, format: Format][] = [
  ['videochat_instruct.json', videochatFormat],
  ['videochat_awkward.json', videochatFormat],
  ['videochat_captions.json', videochatFormat],
  ['videochat2_it.json', videochat2ItFormat],
  ['video_chatgpt_training.json', videoChatGptFormat],
  ['video_chatgpt_converted.json', videoChatGptFormat],
  ['video_chatgpt_generic.json', videoChatGptFormat],
  ['video_chatgpt_consistency_pred.json', videoChatGptFormat],
  ['video_chatgpt_test_q.json', videoChatGptFormat],
  ['video_chatgpt_test_a.json', videoChatGptFormat],
  ['llava.json', llavaFormat],
  ['llava_lists.jsonl', llavaFormat],
  ['vtimellm.json', vtimellmFormat],
  ['activitynet_val_1.json', activitynetCaptionsFormat],
  ['activitynet_results.json', activitynetCaptionsFormat],
  ['segments.jsonl', jsonlFormat],
  ['messages_parts.jsonl', messagesFormat],
  ['messages_strings.jsonl', messagesFormat],
];
