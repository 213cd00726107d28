import { z } from 'zod';

/**
 * What an answer may be, for models that are held to a JSON Schema and not to a grammar: the same is said in JSON, and
 * written as the grammar's sentence.
 */
export interface AnswerForm {
  /** JSON Schema of an object whose members are all required. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** The sentence that says the same; undefined where the value is not of the schema. */
  write(value: unknown): string | undefined;
}

/** @param schema an object whose members are all required: servers take no others */
export function answerForm<Value>(schema: z.ZodType<Value>, write: (value: Value) => string): AnswerForm {
  const { $schema, ...plain } = z.toJSONSchema(schema);
  void $schema;
  return {
    schema: plain,
    write: (value) => {
      const { success, data } = schema.safeParse(value);
      return success ? write(data) : undefined;
    },
  };
}
