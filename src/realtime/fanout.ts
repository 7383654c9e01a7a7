import { createRequire } from "node:module";
import type { TcpHandle, TcpSocket, WriteRequest } from "./engine-connection.ts";

/**
 * How a frame gets from the fan-out to the kernel, cheapest first. `send`: straight to send(2), by a package that has to be
 * installed. `libuv`: to Node's own handle of the connection. `socket`: by `net.Socket`. `ordinary`: through Engine.IO
 * and ws, like everything else that is sent.
 */
export const FANOUT_ENGINES = ["send", "libuv", "socket", "ordinary"] as const;
export type FanoutEngine = (typeof FANOUT_ENGINES)[number];

/** Where frames go. Between two deliveries to a reader its objects are long out of the processor's caches: none is looked at in vain. */
export interface FrameTarget {
  readonly tcp: TcpSocket;
  /** That of `tcp`. A closed one takes nothing. */
  readonly handle: TcpHandle | null;
}

/**
 * Writes a whole frame to a TCP connection to which nothing else is under way. @returns how many bytes were taken, from its
 * beginning; the rest is for `net.Socket.write`.
 */
export type FrameWriter = (target: FrameTarget, frame: Buffer) => number;

/** @throws Error, for people, if the engine cannot run here. */
export function frameWriter(engine: FanoutEngine): FrameWriter {
  switch (engine) {
    case "send":
      return sendWriter(loadSend());
    case "libuv":
      return libuvWriter() ?? socketWriter;
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

type StreamBinding = {
  WriteWrap: new () => WriteRequest;
  streamBaseState: { readonly [index: number]: number };
  kLastWriteWasAsync: number;
};

/**
 * What `net.Socket.write` comes down to, without the stream in between. As long as the kernel takes a frame at once, libuv
 * leaves the request alone, so that all writes share one.
 *
 * @returns null where Node does not show what it takes.
 */
export function libuvWriter(): FrameWriter | null {
  const binding = streamBinding();
  if (!binding) return null;
  const { WriteWrap, streamBaseState, kLastWriteWasAsync } = binding;
  /** Handles that still hold a part of a frame. */
  const busy = new Set<TcpHandle>();
  let request = new WriteWrap();
  return (target, frame) => {
    const { handle } = target;
    if (!handle || (busy.size > 0 && busy.has(handle))) return 0;
    if (handle.writeBuffer(request, frame) !== 0) return 0;
    if (streamBaseState[kLastWriteWasAsync] === 0) return frame.length;
    busy.add(handle);
    // Nothing else keeps the bytes until they are gone.
    request.buffer = frame;
    request.oncomplete = (status) => {
      busy.delete(handle);
      if (status < 0) target.tcp.destroy();
    };
    request = new WriteWrap();
    return frame.length;
  };
}

function streamBinding(): StreamBinding | null {
  try {
    const { binding } = process as unknown as { binding: (name: string) => Partial<StreamBinding> };
    const found = binding("stream_wrap");
    const isWhole = found.WriteWrap && found.streamBaseState && found.kLastWriteWasAsync !== undefined;
    return isWhole ? (found as StreamBinding) : null;
  } catch {
    // Under Node's permission model, and perhaps in a later Node.
    return null;
  }
}

/** send(2), which does not wait. @returns how many bytes were taken, or -1. */
export type Send = (fileDescriptor: number, frame: Buffer) => number;

export function sendWriter(send: Send): FrameWriter {
  return ({ tcp }, frame) => {
    // Of a connection that is being closed somebody else may have it by now.
    const fileDescriptor = tcp._handle?.fd ?? -1;
    const taken = fileDescriptor < 0 ? -1 : send(fileDescriptor, frame);
    // Of a full connection, or a broken one: the ordinary path finds out which.
    return Math.max(0, taken);
  };
}

type Koffi = {
  load(library: string): { func(prototype: string): (fd: number, at: bigint, length: number, flags: number) => number };
  address(memory: Buffer): bigint;
};

/** MSG_DONTWAIT, and MSG_NOSIGNAL: a broken connection must not end the process. */
const SEND_FLAGS = 0x40 | 0x4000;

function loadSend(): Send {
  if (process.platform !== "linux") throw new Error('FANOUT "send" is for Linux. Leave FANOUT out elsewhere.');
  const koffi = loadKoffi();
  const send = koffi.load("libc.so.6").func("long send(int fd, uintptr_t at, size_t length, int flags)");
  let frame: Buffer | undefined;
  let at = 0n;
  return (fileDescriptor, bytes) => {
    // All readers of a story get the same bytes: they are looked up once.
    if (bytes !== frame) at = koffi.address(bytes);
    frame = bytes;
    return send(fileDescriptor, at, bytes.length, SEND_FLAGS);
  };
}

function loadKoffi(): Koffi {
  try {
    return createRequire(import.meta.url)("koffi");
  } catch {
    throw new Error('FANOUT "send" needs the package koffi: npm install koffi. Or leave FANOUT out.');
  }
}
