import { RawConnection } from "./raw-connection.ts";

export const TEXT = 0x1;
export const BINARY = 0x2;
export const CONTINUATION = 0x0;
export const CLOSE = 0x8;
export const PING = 0x9;

type FrameShape = {
  opcode?: number;
  fin?: boolean;
  /** RSV1 says: compressed. */
  rsv1?: boolean;
  masked?: boolean;
  /** What the header says, whatever follows. */
  declaredBytes?: number;
};

/** A client's frame (RFC 6455, section 5.2), or what pretends to be one. The mask is zero: the payload stands as it is. */
export function frame(payload: string | Buffer, shape: FrameShape = {}): Buffer {
  const { opcode = TEXT, fin = true, rsv1 = false, masked = true } = shape;
  const body = Buffer.from(payload);
  const { declaredBytes = body.length } = shape;
  const first = (fin ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | opcode;
  const mask = masked ? Buffer.alloc(4) : Buffer.alloc(0);
  return Buffer.concat([Buffer.of(first), lengthField(declaredBytes, masked), mask, body]);
}

function lengthField(bytes: number, masked: boolean): Buffer {
  const bit = masked ? 0x80 : 0;
  if (bytes < 126) return Buffer.of(bit | bytes);
  const field = Buffer.alloc(bytes < 65_536 ? 3 : 9);
  field[0] = bit | (bytes < 65_536 ? 126 : 127);
  if (bytes < 65_536) field.writeUInt16BE(bytes, 1);
  else field.writeBigUInt64BE(BigInt(bytes), 1);
  return field;
}

/** @param headers lines that end in CRLF. */
export function upgradeRequest(path = "/socket.io/?EIO=4&transport=websocket", headers = ""): string {
  return (
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    `Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n${headers}\r\n`
  );
}

/** An Engine.IO connection by WebSocket that has said nothing yet. */
export async function openEngine(port: number, headers = ""): Promise<RawConnection> {
  const connection = await RawConnection.open(port);
  connection.send(upgradeRequest(undefined, headers));
  await connection.receives('"maxPayload"');
  return connection;
}

/** A Socket.IO client that has been let into the default namespace. */
export async function openSocket(port: number, headers = ""): Promise<RawConnection> {
  const connection = await openEngine(port, headers);
  connection.send(frame("40"));
  await connection.receives('40{"sid"');
  return connection;
}
