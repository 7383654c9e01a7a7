import type { MediaType, Operation, Parameter, Response } from "../protocol/openapi.ts";
import { Field, Line, Prose, Type } from "./reference-schema.tsx";

export type ShownOperation = { method: string; path: string; operation: Operation };

/** One call: what it is for, what it takes, what it answers, and a command that makes it. */
export function OperationSection({ method, path, operation }: ShownOperation) {
  const { operationId, summary, description, parameters, requestBody, responses, security } = operation;
  const [role] = security.length === 1 ? Object.values(security[0] ?? {}).flat() : [];
  const [sample] = operation["x-codeSamples"] ?? [];
  const body = requestBody?.content["application/json"];
  return (
    <section class="operation" id={operationId}>
      <h3>
        <Line text={summary} />
      </h3>
      <p class="call">
        <b>{method.toUpperCase()}</b> <code>{path}</code>
        {role ? <span class="needs-key">needs an {role}’s key</span> : null}
      </p>
      {description ? <Prose text={description} /> : null}
      {parameters.length > 0 ? <Parameters parameters={parameters} /> : null}
      {body ? (
        <p>
          Body{requestBody?.required ? "" : " (optional)"}: <Type schema={body.schema} />
        </p>
      ) : null}
      {sample ? (
        <pre class="curl">
          <code>{sample.source}</code>
        </pre>
      ) : null}
      <Answers responses={responses} />
    </section>
  );
}

function Parameters({ parameters }: { parameters: Parameter[] }) {
  return (
    <dl class="fields">
      {parameters.map(({ name, in: place, required, description, schema }) => (
        <Field
          key={name}
          name={name}
          schema={{ ...schema, description: [place, description].filter(Boolean).join(": ") }}
          optional={!required}
        />
      ))}
    </dl>
  );
}

function Answers({ responses }: { responses: Record<string, Response> }) {
  return (
    <dl class="answers">
      {Object.entries(responses).map(([status, { description, content = {}, headers }]) => (
        <div key={status}>
          <dt>{status}</dt>
          <dd>
            <Line text={description} />
            {Object.entries(content).map(([type, media]) => (
              <Content key={type} type={type} media={media} />
            ))}
            <span class="answer-headers">{Object.keys(headers).join(", ")}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Content({ type, media: { schema, example } }: { type: string; media: MediaType }) {
  // Every problem is the same Problem.
  if (type === "application/problem+json" || type === "text/html") return null;
  return (
    <>
      {": "}
      {schema.$ref ? <Type schema={schema} /> : <code>{type}</code>}
      {example === undefined ? null : (
        <details>
          <summary>Example</summary>
          <pre>
            <code>{JSON.stringify(example, null, 2)}</code>
          </pre>
        </details>
      )}
    </>
  );
}
