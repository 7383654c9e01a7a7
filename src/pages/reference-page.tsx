import type { OpenApiDocument } from "../protocol/openapi.ts";
import type { AssetManifest } from "./assets.ts";
import { type Publisher, renderDocument } from "./document.tsx";
import { OperationSection, type ShownOperation } from "./reference-operation.tsx";
import { Line, Prose, SchemaSection } from "./reference-schema.tsx";

export type ReferencePageModel = { document: OpenApiDocument; publisher: Publisher; assets: AssetManifest };

/** The OpenAPI document as a page: by what one wants to do, with commands that can be pasted one after the other. */
export function renderReferencePage({ document, publisher, assets }: ReferencePageModel): string {
  const { info, components } = document;
  const groups = document.tags.map((tag) => ({ ...tag, operations: operationsOf(document, tag.name) }));
  const schemas = Object.entries(components.schemas);
  const title = `${info.title} API`;
  return renderDocument({
    ...{ language: "en", direction: "ltr", publisher, assets },
    title: `${title} – ${publisher.name}`,
    head: <link rel="stylesheet" href={assets["reference.css"]} />,
    skipLink: (
      <a class="skip-link" href="#publishing">
        Skip to the calls
      </a>
    ),
    children: (
      <main class="reference">
        <nav class="reference-index" aria-label="Calls">
          {groups.map(({ name, operations }) => (
            <div key={name}>
              <a href={`#${anchor(name)}`}>{name}</a>
              <ul>
                {operations.map(({ operation }) => (
                  <li key={operation.operationId}>
                    <a href={`#${operation.operationId}`}>
                      <Line text={operation.summary} />
                    </a>
                  </li>
                ))}
              </ul>
            </div>
          ))}
          <a href="#schemas">Schemas</a>
        </nav>
        <div class="reference-body">
          <h1>{title}</h1>
          <Prose text={info.description} />
          <p>
            Version {info.version}. As a file for programs: <a href="/openapi.json">openapi.json</a>. The commands below
            can be pasted one after the other; set your key first:
          </p>
          <pre>
            <code>ADMIN_KEY='your key'</code>
          </pre>
          {groups.map(({ name, description, operations }) => (
            <section key={name} id={anchor(name)} class="reference-group">
              <h2>{name}</h2>
              <Prose text={description} />
              {operations.map((shown) => (
                <OperationSection key={shown.operation.operationId} {...shown} />
              ))}
            </section>
          ))}
          <section id="schemas" class="reference-group">
            <h2>Schemas</h2>
            {schemas.map(([name, schema]) => (
              <SchemaSection key={name} name={name} schema={schema} />
            ))}
          </section>
        </div>
      </main>
    ),
  });
}

function operationsOf({ paths }: OpenApiDocument, tag: string): ShownOperation[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, operation]) =>
      // Browsers ask that by themselves; nobody needs to read it a dozen times.
      operation.tags.includes(tag) && method !== "options" ? [{ method, path, operation }] : [],
    ),
  );
}

function anchor(name: string): string {
  return name.toLowerCase().replaceAll(" ", "-");
}
