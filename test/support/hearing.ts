import type { Announcement, AnnouncementListener } from "../../src/store/announcements.ts";

type News = Announcement | "interrupted";

/** Notes what it hears, and lets wait for more of it. */
export class Hearing implements AnnouncementListener {
  readonly heard: News[] = [];
  #onNews = () => {};

  announced(announcement: Announcement): void {
    this.#note(announcement);
  }

  interrupted(): void {
    this.#note("interrupted");
  }

  async until(isSo: (heard: readonly News[]) => boolean): Promise<void> {
    while (!isSo(this.heard)) {
      await new Promise<void>((resolve) => {
        this.#onNews = resolve;
      });
    }
  }

  #note(news: News): void {
    this.heard.push(news);
    this.#onNews();
  }
}
