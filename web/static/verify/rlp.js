// Ethereum's recursive length prefix, in its one spelling.
import { FormatError, concat, fromNumber, toNumber } from "./bytes.js";

const DEPTH = 32;

/** Bytes, or lists of such. Throws FormatError. */
export function decode(data) {
  const [value, end] = item(data, 0, data.length, 0);
  if (end !== data.length) throw new FormatError("rlp");
  return value;
}

function item(data, at, limit, depth) {
  if (at >= limit || depth > DEPTH) throw new FormatError("rlp");
  const first = data[at];
  if (first < 0x80) return [data.subarray(at, at + 1), at + 1];
  const list = first >= 0xc0;
  const short = first - (list ? 0xc0 : 0x80);
  const [start, length] = short <= 55 ? [at + 1, short] : long(data, at + 1, short - 55, limit);
  const end = start + length;
  if (end > limit) throw new FormatError("rlp");
  if (!list) {
    if (length === 1 && data[start] < 0x80) throw new FormatError("rlp");
    return [data.subarray(start, end), end];
  }
  const values = [];
  for (let next = start; next < end;) {
    const [value, after] = item(data, next, end, depth + 1);
    values.push(value);
    next = after;
  }
  return [values, end];
}

function long(data, at, size, limit) {
  if (at + size > limit || size > 4 || data[at] === 0) throw new FormatError("rlp");
  const length = Number(toNumber(data.subarray(at, at + size)));
  if (length <= 55) throw new FormatError("rlp");
  return [at + size, length];
}

/** The bytes of bytes, of numbers (BigInt) and of lists of them. */
export function encode(value) {
  if (typeof value === "bigint") return encode(fromNumber(value));
  if (Array.isArray(value)) {
    const body = concat(...value.map(encode));
    return concat(head(0xc0, body.length), body);
  }
  if (value.length === 1 && value[0] < 0x80) return value;
  return concat(head(0x80, value.length), value);
}

function head(offset, length) {
  if (length <= 55) return Uint8Array.of(offset + length);
  const size = fromNumber(BigInt(length));
  return concat(Uint8Array.of(offset + 55 + size.length), size);
}
