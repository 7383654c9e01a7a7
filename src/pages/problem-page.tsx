import { Notice } from "../view/notice.tsx";
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
    children: <Notice {...{ status, title, detail, strings }} />,
  });
}
