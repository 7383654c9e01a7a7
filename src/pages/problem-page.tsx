import { stringsFor } from "../view/strings.ts";
import type { AssetManifest } from "./assets.ts";
import { type Publisher, renderDocument } from "./document.tsx";

export type ProblemPageModel = {
  publisher: Publisher;
  assets: AssetManifest;
  /** HTTP status. */
  status: number;
  title: string;
  /** What happened and what to do, for readers. */
  detail: string;
};

/** A page that says no. It never outlives its reason: nothing of it is to be indexed. */
export function renderProblemPage({ publisher, assets, status, title, detail }: ProblemPageModel): string {
  const strings = stringsFor("en");
  return renderDocument({
    ...{ language: "en", direction: "ltr", publisher, assets },
    title: `${title} – ${publisher.name}`,
    head: <meta name="robots" content="noindex" />,
    children: (
      <main class="problem">
        <p class="problem-status">{status}</p>
        <h1 class="problem-title">{title}</h1>
        <p class="problem-detail">{detail}</p>
        <p>
          <a class="problem-link" href="/">
            {strings.allStories}
          </a>
        </p>
      </main>
    ),
  });
}
