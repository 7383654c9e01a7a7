import type { ComponentChildren } from "preact";
import type { JsonSchema } from "../protocol/openapi.ts";

const PREFIX = "#/components/schemas/";

/** Text of the document: paragraphs, with what stands between backticks as code. */
export function Prose({ text }: { text: string }) {
  return (
    <>
      {text.split("\n\n").map((paragraph) => (
        <p key={paragraph}>
          <Line text={paragraph} />
        </p>
      ))}
    </>
  );
}

export function Line({ text }: { text: string }) {
  const parts = text.split("`");
  return <>{parts.map((part, index) => (index % 2 === 1 ? <code key={part}>{part}</code> : part))}</>;
}

/** A schema with a name. */
export function SchemaSection({ name, schema }: { name: string; schema: JsonSchema }) {
  const variants = schema.oneOf ?? schema.anyOf;
  return (
    <section class="schema" id={`schema-${name}`}>
      <h3>{name}</h3>
      {schema.description ? <Prose text={schema.description} /> : null}
      {variants
        ? variants.map((variant, index) => <Fields key={nameOfVariant(variant, index)} schema={variant} />)
        : null}
      {schema.properties ? <Fields schema={schema} /> : null}
    </section>
  );
}

function nameOfVariant({ properties = {} }: JsonSchema, index: number): string {
  return String((properties.kind ?? properties.mode)?.const ?? index);
}

export function Fields({ schema: { properties = {}, required = [] } }: { schema: JsonSchema }) {
  if (Object.keys(properties).length === 0) return <p>No fields.</p>;
  return (
    <dl class="fields">
      {Object.entries(properties).map(([name, schema]) => (
        <Field key={name} name={name} schema={schema} optional={!required.includes(name)} />
      ))}
    </dl>
  );
}

type FieldProps = { name: string; schema: JsonSchema; optional: boolean };

export function Field({ name, schema, optional }: FieldProps) {
  const rest = [optional ? "optional" : "", bounds(schema), schema.description ?? ""].filter(Boolean).join(" · ");
  return (
    <div>
      <dt>
        <code>{name}</code>
      </dt>
      <dd>
        <span class="type">
          <Type schema={schema} />
        </span>
        {rest ? (
          <>
            {" "}
            <Line text={rest} />
          </>
        ) : null}
      </dd>
    </div>
  );
}

/** As TypeScript would write it. */
export function Type({ schema }: { schema: JsonSchema }) {
  return <>{typeOf(schema)}</>;
}

function typeOf(schema: JsonSchema): ComponentChildren {
  const { $ref, type, items, anyOf, oneOf, properties } = schema;
  if ($ref) {
    const name = $ref.replace(PREFIX, "");
    return <a href={`#schema-${name}`}>{name}</a>;
  }
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if ("const" in schema) return JSON.stringify(schema.const);
  const variants = anyOf ?? oneOf;
  if (variants) {
    return variants.map((variant, index) => (
      <>
        {index > 0 ? " | " : ""}
        <Type schema={variant} />
      </>
    ));
  }
  if (items) {
    return (
      <>
        <Type schema={items} />
        []
      </>
    );
  }
  if (properties) return `{ ${Object.keys(properties).join(", ")} }`;
  return type === undefined ? "any" : [type].flat().join(" | ");
}

function bounds(schema: JsonSchema): string {
  const { minimum, maximum, minLength, maxLength, maxItems, format } = schema;
  const range = (from: number | undefined, to: number | undefined, unit: string) => {
    if (to === undefined || to === Number.MAX_SAFE_INTEGER) return from === undefined ? "" : `at least ${from}${unit}`;
    return from === undefined ? `at most ${to}${unit}` : `${from}–${to}${unit}`;
  };
  const parts = [
    ...[format ?? "", range(minLength, maxLength, " characters"), range(minimum, maximum, "")],
    ...[
      range(undefined, maxItems, " items"),
      schema.default === undefined ? "" : `default ${JSON.stringify(schema.default)}`,
    ],
  ];
  return parts.filter(Boolean).join(", ");
}
