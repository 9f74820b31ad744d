import { useEffect, useRef } from 'react';
import { Icon } from '../page/Icon';
import { fromInput } from './files';
import { uploads } from './queue';

/** Two buttons that open the system's file dialog: one for files, one for a folder. */
export function Pick() {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (folder.current) folder.current.webkitdirectory = true; // React knows no such attribute
  }, []);

  const take = (input: HTMLInputElement) => {
    if (input.files) uploads.add(fromInput(input.files));
    input.value = ''; // the same files may be chosen again
  };

  return (
    <span className="pick">
      <button type="button" onClick={() => files.current?.click()}><Icon name="file" /> Files</button>
      <button type="button" onClick={() => folder.current?.click()}><Icon name="folder" /> Folder</button>
      <input ref={files} type="file" multiple hidden aria-label="Files to upload" data-pick="files"
        onChange={(event) => take(event.target)} />
      <input ref={folder} type="file" multiple hidden aria-label="Folder to upload" data-pick="folder"
        onChange={(event) => take(event.target)} />
    </span>
  );
}
