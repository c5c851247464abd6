// Several files as one archive, so that a folder can be handed in like a ZIP: files are stored as
// they are (APPNOTE 4.3), since PDFs and photos hardly shrink.
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});
const UTF8 = 0x0800; // names are UTF-8
const OLDEST = 0x21; // 01/01/1980: when a file was changed is nobody's business

function crc32(bytes) {
  let rest = 0xffffffff;
  for (const byte of bytes) rest = TABLE[(rest ^ byte) & 0xff] ^ (rest >>> 8);
  return (rest ^ 0xffffffff) >>> 0;
}

/** Little-endian numbers: pairs of size in bytes and value. */
function numbers(...pairs) {
  const out = new DataView(new ArrayBuffer(pairs.reduce((sum, [size]) => sum + size, 0)));
  let at = 0;
  for (const [size, value] of pairs) {
    if (size === 2) out.setUint16(at, value, true);
    else out.setUint32(at, value, true);
    at += size;
  }
  return new Uint8Array(out.buffer);
}

/** A ZIP of files, each `{ name, file }`. */
export async function archive(files) {
  const parts = [];
  const entries = [];
  let offset = 0;
  for (const { name, file } of files) {
    const label = new TextEncoder().encode(name);
    const content = new Uint8Array(await file.arrayBuffer());
    const about = [[2, 20], [2, UTF8], [2, 0], [2, 0], [2, OLDEST], [4, crc32(content)],
                   [4, content.length], [4, content.length], [2, label.length], [2, 0]];
    const head = numbers([4, 0x04034b50], ...about);
    entries.push(numbers([4, 0x02014b50], [2, 20], ...about, [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]), label);
    parts.push(head, label, content);
    offset += head.length + label.length + content.length;
  }
  const size = entries.reduce((sum, entry) => sum + entry.length, 0);
  const count = files.length;
  const end = numbers([4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, size], [4, offset], [2, 0]);
  return new Blob([...parts, ...entries, end], { type: "application/zip" });
}

/** The files of what was dropped, folders opened, each with its path. */
export async function dropped(transfer) {
  const entries = [...(transfer.items ?? [])].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files].map((file) => ({ name: file.name, file }));
  return (await Promise.all(entries.map(opened))).flat();
}

async function opened(entry) {
  if (entry.isFile) {
    const file = await new Promise((done, failed) => entry.file(done, failed));
    return [{ name: entry.fullPath.replace(/^\//, ""), file }];
  }
  const reader = entry.createReader();
  const found = [];
  for (;;) { // a reader tells a hundred at a time
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!some.length) break;
    found.push(...some);
  }
  return (await Promise.all(found.map(opened))).flat();
}
