import type { PickedFile } from './files';

const endLength = 22; // end of central directory record (APPNOTE §4.3.16)
const longestComment = 0xffff;
const mostMembers = 200_000;

export function isZip(path: string): boolean {
  return /\.zip$/i.test(path);
}

/** The files in a ZIP file (APPNOTE 6.3.10 §4.3), also of more than 4 GB. Nothing is unpacked before its turn. */
export async function membersOf(zip: File, path: string): Promise<PickedFile[]> {
  const { count, start, length } = await directoryOf(zip);
  if (count > mostMembers) throw new Error(`The ZIP file holds ${count} files, more than ${mostMembers}.`);
  const directory = await look(zip, start, length);
  const members: PickedFile[] = [];
  for (let at = 0, number = 0; number < count; number++) {
    if (at + 46 > directory.byteLength || directory.getUint32(at, true) !== 0x02014b50) throw damaged();
    const flags = directory.getUint16(at + 8, true);
    const method = directory.getUint16(at + 10, true);
    const nameLength = directory.getUint16(at + 28, true);
    const extraLength = directory.getUint16(at + 30, true);
    const end = at + 46 + nameLength + extraLength + directory.getUint16(at + 32, true);
    if (end > directory.byteLength) throw damaged();
    const name = new TextDecoder(flags & 0x800 ? 'utf-8' : 'windows-1252')
      .decode(new Uint8Array(directory.buffer, directory.byteOffset + at + 46, nameLength));
    let [size, packed, offset] = [directory.getUint32(at + 24, true), directory.getUint32(at + 20, true), directory.getUint32(at + 42, true)];
    const long = longNumbers(directory, at + 46 + nameLength, extraLength);
    if (size === 0xffffffff) size = long.shift() ?? size;
    if (packed === 0xffffffff) packed = long.shift() ?? packed;
    if (offset === 0xffffffff) offset = long.shift() ?? offset;
    if (!name.endsWith('/')) members.push({ path: `${path}/${name}`, size, open: () => unpack(zip, { flags, method, size, packed, offset }) });
    at = end;
  }
  return members;
}

interface Member {
  readonly flags: number;
  readonly method: number;
  readonly size: number;
  readonly packed: number;
  readonly offset: number;
}

async function unpack(zip: File, { flags, method, size, packed, offset }: Member): Promise<Blob> {
  if (flags & 1) throw new Error('It is encrypted in the ZIP file.');
  const header = await look(zip, offset, 30);
  if (header.byteLength < 30 || header.getUint32(0, true) !== 0x04034b50) throw damaged();
  const start = offset + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  const stored = zip.slice(start, start + packed);
  if (method === 0) return stored;
  if (method !== 8) throw new Error(`It is compressed in the ZIP file in a way that browsers do not know (method ${method}).`);
  let length = 0;
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(some, out) {
      length += some.byteLength;
      if (length > size) throw damaged();
      out.enqueue(some);
    },
  });
  const content = await new Response(stored.stream().pipeThrough(new DecompressionStream('deflate-raw')).pipeThrough(counted)).blob()
    .catch(() => { throw damaged(); });
  if (content.size !== size) throw damaged();
  return content;
}

async function directoryOf(zip: File): Promise<{ count: number; start: number; length: number }> {
  const from = Math.max(0, zip.size - endLength - longestComment);
  const tail = await look(zip, from, zip.size - from);
  let at = tail.byteLength - endLength;
  while (at >= 0 && tail.getUint32(at, true) !== 0x06054b50) at--;
  if (at < 0) throw new Error('This is not a whole ZIP file.');
  const [count, length, start] = [tail.getUint16(at + 10, true), tail.getUint32(at + 12, true), tail.getUint32(at + 16, true)];
  if (count !== 0xffff && length !== 0xffffffff && start !== 0xffffffff) return { count, start, length };
  const locator = at - 20; // ZIP64 (§4.3.15)
  if (locator < 0 || tail.getUint32(locator, true) !== 0x07064b50) return { count, start, length };
  const end = await look(zip, Number(tail.getBigUint64(locator + 8, true)), 56);
  if (end.byteLength < 56 || end.getUint32(0, true) !== 0x06064b50) throw damaged();
  return { count: Number(end.getBigUint64(32, true)), length: Number(end.getBigUint64(40, true)), start: Number(end.getBigUint64(48, true)) };
}

/** What the ZIP64 field of a member's extra data says, in its order (§4.5.3). */
function longNumbers(directory: DataView, start: number, length: number): number[] {
  for (let at = start; at + 4 <= start + length;) {
    const id = directory.getUint16(at, true);
    const size = directory.getUint16(at + 2, true);
    if (id === 1 && at + 4 + size <= start + length) {
      return Array.from({ length: Math.floor(size / 8) }, (_, number) => Number(directory.getBigUint64(at + 4 + 8 * number, true)));
    }
    at += 4 + size;
  }
  return [];
}

async function look(zip: File, start: number, length: number): Promise<DataView> {
  return new DataView(await zip.slice(start, start + length).arrayBuffer());
}

function damaged(): Error {
  return new Error('The ZIP file is damaged.');
}
