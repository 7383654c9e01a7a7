import { z } from "zod";
import { entryDraft, entryPatch, pinRequest, previewRequest, storyDraft, storyPatch } from "../../editorial/drafts.ts";
import type { JsonSchema } from "../../protocol/openapi.ts";
import * as answers from "./answers.ts";
import * as shapes from "./shapes.ts";

/** Every schema that has a name. Those of requests are the very ones that validate. */
const SCHEMAS = {
  Story: shapes.story,
  Entry: shapes.entry,
  Tombstone: shapes.tombstone,
  Background: shapes.background,
  Author: shapes.author,
  Topic: shapes.topic,
  Image: shapes.image,
  Attribution: shapes.attribution,
  Correction: shapes.correction,
  Change: shapes.change,
  Snapshot: shapes.snapshot,
  StoryDraft: storyDraft,
  StoryPatch: storyPatch,
  EntryDraft: entryDraft,
  EntryPatch: entryPatch,
  PinRequest: pinRequest,
  PreviewRequest: previewRequest,
  StoryAnswer: answers.storyAnswer,
  EntryAnswer: answers.entryAnswer,
  RetractionAnswer: answers.retractionAnswer,
  StoryList: answers.storyList,
  CatchUp: answers.catchUp,
  Preview: answers.preview,
  Revisions: answers.revisions,
  Problem: answers.problem,
  ChangesEvent: answers.changesEvent,
  ResetEvent: answers.resetEvent,
  PresenceEvent: answers.presenceEvent,
  GoodbyeEvent: answers.goodbyeEvent,
  Verdict: answers.verdictOnly,
  Health: answers.health,
  JsonFeed: answers.jsonFeed,
  OEmbed: answers.oEmbed,
  OpenApi: answers.openApi,
} as const;

export type ComponentName = keyof typeof SCHEMAS;

const PREFIX = "#/components/schemas/";
const OPTIONS = {
  ...{ io: "input", unrepresentable: "any" },
  /** Zod leaves out the default of what is transformed. */
  override({ zodSchema, jsonSchema }) {
    const { def } = zodSchema._zod;
    if (def.type === "default") jsonSchema.default = (def as z.core.$ZodDefaultDef).defaultValue as never;
  },
} as const satisfies z.core.ToJSONSchemaParams;

export function refTo(name: ComponentName): JsonSchema {
  return { $ref: `${PREFIX}${name}` };
}

export function componentSchemas(): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(SCHEMAS)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { ...OPTIONS, uri: (id) => `${PREFIX}${id}` });
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, plain(schema as JsonSchema)]));
}

/** Of what is not named, such as the parameters of a query. */
export function schemaOf(schema: z.ZodType): JsonSchema {
  return plain(z.toJSONSchema(schema, OPTIONS) as JsonSchema);
}

/** Dialect and address of a schema are the document's. What `meta` has blanked out goes as well. */
function plain(schema: JsonSchema & { $schema?: string; $id?: string }): JsonSchema {
  const { $schema: _dialect, $id: _address, ...rest } = schema;
  return JSON.parse(JSON.stringify(rest)) as JsonSchema;
}
