import type { Strings } from "./strings.ts";

type NoticeProps = {
  /** HTTP status, where there is one. */
  status?: number;
  title: string;
  /** What happened and what to do, for readers. */
  detail: string;
  strings: Strings;
};

/** What stands in the place of a page that there is not, or not any more. */
export function Notice({ status, title, detail, strings }: NoticeProps) {
  return (
    <main class="problem" {...strings.spoken}>
      {status === undefined ? null : <p class="problem-status">{status}</p>}
      <h1 class="problem-title">{title}</h1>
      <p class="problem-detail">{detail}</p>
      <p>
        <a class="problem-link" href="/">
          {strings.allStories}
        </a>
      </p>
    </main>
  );
}
