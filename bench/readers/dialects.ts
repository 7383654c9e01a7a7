import type { ChangesEvent, JoinReply, JoinRequest } from "../../src/protocol/events.ts";
import type { Range } from "./story-tape.ts";

/** What a reader can do about what it hears before it is in. */
export type Conversation = {
  /** The story, and what else Dateline is asked for. */
  join: JoinRequest;
  say: (text: string) => void;
  /** @param seq where it stands now; of a server that does not say, where its story stands. */
  entered: (seq?: number) => void;
  /** It is to come again. A reader that is in already must not be told so. */
  refused: (retryAfterMs: number) => void;
  failed: (reason: string) => void;
};

/** How one kind of server is spoken with. */
export type Dialect = {
  path: (story: string) => string;
  transport: "websocket" | "event-stream";
  /** The connection stands. */
  opened: (talk: Conversation) => void;
  /** @returns the range, if that is what it was. */
  hear: (text: string, talk: Conversation) => Range | null;
};

export type DialectName = keyof typeof dialects;

/** Of a server that does not say when. */
const RETRY_AFTER_MS = 1_000;
const ENGINE_IO = "/socket.io/?EIO=4&transport=websocket";
const silent = (_talk: Conversation) => {};
const enterAtOnce = (talk: Conversation) => talk.entered();

export const dialects = {
  dateline: { path: () => ENGINE_IO, transport: "websocket", opened: silent, hear: hearDateline },
  "socket.io": {
    ...{ path: (story) => `${ENGINE_IO}&story=${story}`, transport: "websocket" },
    ...{ opened: silent, hear: hearSocketIo },
  },
  websocket: {
    ...{ path: (story) => `/stories/${story}`, transport: "websocket" },
    ...{ opened: enterAtOnce, hear: updateRange },
  },
  "event-stream": {
    ...{ path: (story) => `/stories/${story}`, transport: "event-stream" },
    ...{ opened: enterAtOnce, hear: (text) => updateRange(text.slice(text.indexOf("data: ") + "data: ".length)) },
  },
} satisfies Record<string, Dialect>;

function hearDateline(text: string, talk: Conversation): Range | null {
  if (text.startsWith('42["changes"')) return changesRange(JSON.parse(text.slice(2))[1]);
  if (text.startsWith("40")) talk.say(`420${JSON.stringify(["join", talk.join])}`);
  else if (text.startsWith('42["reset"')) talk.refused(JSON.parse(text.slice(2))[1].afterMs);
  else if (text.startsWith("430")) hearReply(JSON.parse(text.slice(3))[0], talk);
  else if (text.startsWith("42") && !text.startsWith('42["presence"'))
    talk.failed(`A reader was told ${text.slice(0, 60)}`);
  else hearEngineIo(text, talk);
  return null;
}

/** @throws where the message contradicts itself. */
function changesRange({ from, to, changes }: ChangesEvent): Range {
  const seqs = changes.map(({ seq }) => seq);
  if (seqs.some((seq, index) => seq <= (seqs[index - 1] ?? from)) || seqs.at(-1) !== to) {
    throw new Error(`A reader was told of ${from} to ${to}, and sent the changes ${seqs.join(", ")}.`);
  }
  return { from, to };
}

function hearReply(reply: JoinReply, talk: Conversation): void {
  if (!reply.ok && reply.error.retryable) talk.refused(RETRY_AFTER_MS);
  else if (!reply.ok) talk.failed(`A reader was not let in: ${reply.error.message}`);
  else talk.entered(reply.mode === "snapshot" ? reply.snapshot.seq : reply.to);
}

function hearSocketIo(text: string, talk: Conversation): Range | null {
  if (text.startsWith('42["update"')) return rangeOf(JSON.parse(text.slice(2))[1]);
  if (text.startsWith("40")) talk.entered();
  else hearEngineIo(text, talk);
  return null;
}

/** Packets of Engine.IO 4, and Socket.IO's refusal. */
function hearEngineIo(text: string, talk: Conversation): void {
  if (text === "2") talk.say("3");
  else if (text.startsWith("0")) talk.say("40");
  else if (text.startsWith("44")) talk.refused(JSON.parse(text.slice(2)).data?.retryAfterMs ?? RETRY_AFTER_MS);
}

function updateRange(text: string): Range | null {
  return text.startsWith("{") ? rangeOf(JSON.parse(text)) : null;
}

/** Peers number their updates. */
function rangeOf({ seq }: { seq: number }): Range {
  return { from: seq - 1, to: seq };
}
