import { writeSync } from "node:fs";
import { createRequire } from "node:module";
import type { TcpSocket } from "./engine-connection.ts";

/**
 * How a frame gets from the fan-out to the kernel. `write`: by write(2) on the connection's descriptor. `send`: by send(2),
 * with a package that has to be installed. `socket`: by `net.Socket`. `ordinary`: like everything that has to wait.
 */
export const FANOUT_ENGINES = ["write", "send", "socket", "ordinary"] as const;
export type FanoutEngine = (typeof FANOUT_ENGINES)[number];

/** Where frames go. */
export interface FrameTarget {
  readonly tcp: TcpSocket;
  /** Of `tcp`, until it is closed, when another connection may have it; -1 from then on, and where a system has none. */
  readonly descriptor: number;
}

/**
 * Writes a whole frame to a TCP connection to which nothing else is under way. Between two deliveries to a reader its
 * objects are long out of the processor's caches: the fewer are looked at, the better.
 *
 * @returns how many bytes were taken, from its beginning; the rest is for `net.Socket.write`.
 */
export type FrameWriter = (target: FrameTarget, frame: Buffer) => number;

/** @throws Error, for people, if the engine cannot run here. */
export function frameWriter(engine: FanoutEngine): FrameWriter {
  switch (engine) {
    case "write":
      return descriptorWriter(writeSync);
    case "send":
      return descriptorWriter(loadSend());
    case "socket":
      return socketWriter;
    case "ordinary":
      return () => 0;
  }
}

function socketWriter({ tcp }: FrameTarget, frame: Buffer): number {
  if (tcp.writableLength > 0) return 0;
  tcp.write(frame);
  return frame.length;
}

/** Does not wait: Node opens connections so. @returns how many bytes were taken. @throws, or -1, if none. */
export type WriteDescriptor = (descriptor: number, frame: Buffer) => number;

export function descriptorWriter(write: WriteDescriptor): FrameWriter {
  return ({ descriptor }, frame) => {
    if (descriptor < 0) return 0;
    try {
      return Math.max(0, write(descriptor, frame));
    } catch {
      // Of a full connection, or a broken one: the ordinary path finds out which.
      return 0;
    }
  };
}

type Koffi = {
  load(library: string): { func(prototype: string): (fd: number, at: bigint, length: number, flags: number) => number };
  address(memory: Buffer): bigint;
};

/** MSG_DONTWAIT, and MSG_NOSIGNAL: a broken connection must not end the process. */
const SEND_FLAGS = 0x40 | 0x4000;

function loadSend(): WriteDescriptor {
  if (process.platform !== "linux") throw new Error('FANOUT "send" is for Linux. Leave FANOUT out elsewhere.');
  const koffi = loadKoffi();
  const send = koffi.load("libc.so.6").func("long send(int fd, uintptr_t at, size_t length, int flags)");
  let frame: Buffer | undefined;
  let at = 0n;
  return (descriptor, bytes) => {
    // All readers of a story get the same bytes: they are looked up once.
    if (bytes !== frame) at = koffi.address(bytes);
    frame = bytes;
    return send(descriptor, at, bytes.length, SEND_FLAGS);
  };
}

function loadKoffi(): Koffi {
  try {
    return createRequire(import.meta.url)("koffi");
  } catch {
    throw new Error('FANOUT "send" needs the package koffi: npm install koffi. Or leave FANOUT out.');
  }
}
