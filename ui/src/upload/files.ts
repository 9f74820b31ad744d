/** A file to send, with its path below the folder or ZIP file it came from. */
export interface PickedFile {
  readonly path: string;
  readonly size: number;
  /** Its content, made or found when its turn has come. */
  readonly open: () => Promise<Blob>;
  /** What was picked; none for a member of a ZIP file. */
  readonly file?: File;
}

function picked(file: File, path: string): PickedFile {
  return { path, size: file.size, open: () => Promise.resolve(file), file };
}

/** Files that come with folders and are never images: what systems leave behind, and the index of a CD. */
export function isBystander(path: string): boolean {
  const name = path.split('/').at(-1) ?? '';
  return name.startsWith('.') || /^(thumbs\.db|desktop\.ini|dicomdir|autorun\.inf)$/i.test(name) || path.includes('__MACOSX/');
}

export function fromInput(list: FileList): PickedFile[] {
  return [...list].map((file) => picked(file, file.webkitRelativePath || file.name));
}

/** Everything that was dropped, folders opened. Must be called inside the drop event; it reads on afterwards. */
export function fromDrop(transfer: DataTransfer): Promise<PickedFile[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  if (entries.every((entry) => entry === null)) {
    return Promise.resolve([...transfer.files].map((file) => picked(file, file.name)));
  }
  return collect(entries.filter((entry) => entry !== null));
}

async function collect(start: FileSystemEntry[]): Promise<PickedFile[]> {
  const found: PickedFile[] = [];
  const open = [...start];
  for (let entry = open.shift(); entry; entry = open.shift()) {
    const path = entry.fullPath.replace(/^\//, '');
    if (entry.isFile) {
      const file = await new Promise<File>((done, failed) => (entry as FileSystemFileEntry).file(done, failed));
      found.push(picked(file, path));
    } else {
      open.push(...(await children(entry as FileSystemDirectoryEntry)));
    }
  }
  return found;
}

async function children(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) { // a reader hands out at most 100 entries a call
    const some = await new Promise<FileSystemEntry[]>((done, failed) => reader.readEntries(done, failed));
    if (some.length === 0) return all;
    all.push(...some);
  }
}
