import WebSocket from "ws";

/** Node has a WebSocket of its own from version 22 on. */
globalThis.WebSocket ??= WebSocket as unknown as typeof globalThis.WebSocket;
