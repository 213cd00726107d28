import { z } from 'zod';
import {
  type ClipFilter,
  type DatasetAgreementParams,
  type DatasetExportParams,
  type DatasetFolderParams,
  datasetFormatNames,
  type DatasetImportParams,
  type DatasetListParams,
  type DatasetOpenParams,
  type DatasetReviewParams,
  type DatasetValidateParams,
} from '../protocol/index.js';
import { absolutePath as path, identifier as id, progressToken } from './schemas.js';

const text = z.string().max(4096);
const count = z.int().min(0).max(1000);
const offset = z.int().min(0);

const filter = z.object({
  text: text.optional(),
  progress: z.array(z.enum(['unlabelled', 'suggested', 'inReview', 'done'])).max(4).optional(),
  label: text.optional(),
  status: z.enum(['own', 'suggested', 'accepted', 'edited', 'rejected']).optional(),
  annotator: text.optional(),
  split: text.optional(),
  folder: text.optional(),
}) satisfies z.ZodType<ClipFilter>;

/** What the requests about datasets are checked against. */
export const datasetSchemas = {
  import: z.object({
    file: path,
    format: z.enum(datasetFormatNames),
    mediaFolder: path,
    dataset: path,
    existing: z.enum(['add', 'skip']).optional(),
    progressToken,
  }) satisfies z.ZodType<DatasetImportParams>,
  export: z.object({
    dataset: path,
    format: z.enum(datasetFormatNames),
    out: path,
    split: z.string().min(1).max(1000).optional(),
    importId: id.optional(),
    statuses: z.array(z.enum(['own', 'suggested', 'accepted', 'edited', 'rejected'])).min(1).max(5).optional(),
    progressToken,
  }) satisfies z.ZodType<DatasetExportParams>,
  dataset: z.object({ datasetId: id }),
  open: z.object({ path, fromIndex: z.boolean().optional(), progressToken }) satisfies z.ZodType<DatasetOpenParams>,
  changed: z.object({ datasetId: id, paths: z.array(path).max(100_000) }),
  list: z.object({ datasetId: id, filter: filter.optional(), offset, count }) satisfies z.ZodType<DatasetListParams>,
  folder: z.object({
    datasetId: id,
    folder: text,
    filter: filter.optional(),
    offset: offset.optional(),
    count: count.optional(),
  }) satisfies z.ZodType<DatasetFolderParams>,
  review: z.object({
    datasetId: id,
    filter: filter.optional(),
    after: z.object({ documentPath: path, itemId: z.string().max(200).optional() }).optional(),
    count,
  }) satisfies z.ZodType<DatasetReviewParams>,
  validate: z.object({ path, hashes: z.boolean().optional(), progressToken }) satisfies z.ZodType<DatasetValidateParams>,
  agreement: z.object({ paths: z.array(path).min(1).max(50), minIou: z.number().min(0).max(1).optional() }) satisfies z.ZodType<DatasetAgreementParams>,
};
