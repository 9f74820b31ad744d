import { useEffect, useRef, useState } from 'react';
import { Icon } from '../page/Icon';
import { sentence } from '../server/http';
import { fromDrop } from './files';
import { uploads } from './queue';

/** The whole page takes files; while some hang over it, it says so. */
export function DropTarget({ dropped }: { readonly dropped: () => void }) {
  const [over, setOver] = useState(false);
  const [trouble, setTrouble] = useState('');
  const depth = useRef(0); // enter and leave also fire for every element on the way

  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const enter = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      depth.current++;
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (hasFiles(event) && --depth.current <= 0) {
        depth.current = 0;
        setOver(false);
      }
    };
    const hover = (event: DragEvent) => hasFiles(event) && event.preventDefault();
    const drop = (event: DragEvent) => {
      if (!event.dataTransfer || !hasFiles(event)) return;
      event.preventDefault();
      depth.current = 0;
      setOver(false);
      setTrouble('');
      fromDrop(event.dataTransfer).then(
        (files) => {
          uploads.add(files);
          dropped();
        },
        (error: unknown) => setTrouble(`Some of what you dropped could not be read: ${sentence(error)}`),
      );
    };
    window.addEventListener('dragenter', enter);
    window.addEventListener('dragleave', leave);
    window.addEventListener('dragover', hover);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragenter', enter);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('dragover', hover);
      window.removeEventListener('drop', drop);
    };
  }, [dropped]);

  if (over) return <div className="dropping"><Icon name="upload" /> Drop files, folders and ZIP files to upload them</div>;
  return trouble === '' ? null : <p className="trouble floating" role="alert">{trouble}</p>;
}
