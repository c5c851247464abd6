// Deterministic CBOR (RFC 8949 §4.2), the part of it that our formats use: integers, byte strings,
// texts, arrays, maps. Any other spelling is refused, so what was decoded encodes to the same bytes.
import { FormatError, concat, fromNumber, toNumber, utf8 } from "./bytes.js";

const DEPTH = 8;

/** The value: BigInt, Uint8Array, string, Array or Map (in the order of the bytes). Throws FormatError. */
export function decode(data) {
  const reader = new Reader(data);
  const value = reader.value(0);
  if (reader.at !== data.length) throw new FormatError("cbor");
  return value;
}

class Reader {
  constructor(data) {
    Object.assign(this, { data, at: 0 });
  }

  take(length) {
    if (this.data.length - this.at < length) throw new FormatError("cbor");
    this.at += length;
    return this.data.subarray(this.at - length, this.at);
  }

  /** Major type and argument, which has to be as short as it can be. */
  head() {
    const [first] = this.take(1);
    const [major, short] = [first >> 5, first & 31];
    if (short < 24) return [major, BigInt(short)];
    if (short > 27) throw new FormatError("cbor");
    const size = 1 << (short - 24);
    const argument = toNumber(this.take(size));
    const least = size === 1 ? 24n : 1n << BigInt(4 * size);
    if (argument < least) throw new FormatError("cbor");
    return [major, argument];
  }

  value(depth) {
    const [major, argument] = this.head();
    if (major === 0) return argument;
    if (major === 1) return -1n - argument;
    if (major > 5 || depth > DEPTH || argument > this.data.length) throw new FormatError("cbor");
    const count = Number(argument);
    if (major === 2) return this.take(count).slice();
    if (major === 3) return text(this.take(count));
    const values = () => this.value(depth + 1);
    return major === 4 ? Array.from({ length: count }, values) : this.map(count, values);
  }

  map(count, values) {
    const found = new Map();
    for (let pair = 0; pair < count; pair += 1) {
      const key = values();
      if (typeof key === "object" || found.has(key)) throw new FormatError("cbor");
      found.set(key, values());
    }
    return found;
  }
}

function text(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new FormatError("cbor");
  }
}

/** The bytes of a value as `decode` gives it (integers may be numbers). */
export function encode(value) {
  if (typeof value === "number" || typeof value === "bigint") {
    const number = BigInt(value);
    return number < 0n ? head(1, -1n - number) : head(0, number);
  }
  if (typeof value === "string") return concat(head(3, utf8(value).length), utf8(value));
  if (value instanceof Uint8Array) return concat(head(2, value.length), value);
  const items = value instanceof Map ? [...value].flat() : value;
  return concat(head(value instanceof Map ? 5 : 4, value.size ?? value.length), ...items.map(encode));
}

function head(major, argument) {
  const number = BigInt(argument);
  if (number < 24n) return Uint8Array.of((major << 5) | Number(number));
  const size = [1, 2, 4, 8].find((bytes) => number < 1n << BigInt(8 * bytes));
  return concat(Uint8Array.of((major << 5) | (24 + Math.log2(size))), fromNumber(number, size));
}
