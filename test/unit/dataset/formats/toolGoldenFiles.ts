import { cvatFormat } from '../../../../server/dataset/formats/cvatFormat.js';
import { egoschemaFormat } from '../../../../server/dataset/formats/egoschemaFormat.js';
import { elanFormat } from '../../../../server/dataset/formats/elanFormat.js';
import { fiftyoneFormat } from '../../../../server/dataset/formats/fiftyoneFormat.js';
import type { Format } from '../../../../server/dataset/formats/format.js';
import { labelStudioFormat } from '../../../../server/dataset/formats/labelStudioFormat.js';
import { lavilaFormat } from '../../../../server/dataset/formats/lavilaFormat.js';
import { lloviFormat } from '../../../../server/dataset/formats/lloviFormat.js';
import { mvbenchFormat } from '../../../../server/dataset/formats/mvbenchFormat.js';
import { nextqaFormat } from '../../../../server/dataset/formats/nextqaFormat.js';
import { srtFormat, webvttFormat } from '../../../../server/dataset/formats/subtitleFormat.js';
import { via3Format } from '../../../../server/dataset/formats/via3Format.js';
import { vtimellmFormat } from '../../../../server/dataset/formats/vtimellmFormat.js';

/** Files of tools and benchmarks as these write them, with invented content: name in test/golden/dataset → format. */
export const toolGoldenFiles: readonly [file: string, format: Format][] = [
  ['mvbench.json', mvbenchFormat],
  ['egoschema_questions.json', egoschemaFormat],
  ['egoschema_subset_anno.json', egoschemaFormat],
  ['egoschema_subset_answers.json', egoschemaFormat],
  ['egoschema_durations.json', egoschemaFormat],
  ['egoschema_uid_to_ego4d.json', egoschemaFormat],
  ['nextqa_val.csv', nextqaFormat],
  ['nextqa_open.csv', nextqaFormat],
  ['nextgqa_grounding.json', nextqaFormat],
  ['llovi_captions.json', lloviFormat],
  ['llovi_nextqa_captions.json', lloviFormat],
  ['llovi_result.json', lloviFormat],
  ['subtitles.vtt', webvttFormat],
  ['subtitles.srt', srtFormat],
  ['elan.eaf', elanFormat],
  ['cvat_video.xml', cvatFormat],
  ['lavila.jsonl', lavilaFormat],
  ['lavila.csv', lavilaFormat],
  ['lavila_egomcq.json', lavilaFormat],
  ['via3_project.json', via3Format],
  ['fiftyone_samples.json', fiftyoneFormat],
  ['label_studio.json', labelStudioFormat],
  ['label_studio_min.json', labelStudioFormat],
  ['fiftyone_labels.json', fiftyoneFormat],
  ['vtimellm_log.jsonl', vtimellmFormat],
  ['lavila_epic100.csv', lavilaFormat],
  ['lavila_charades_ego.csv', lavilaFormat],
];
