import { useEffect, useRef, useState } from 'react';
import type { JsonDataSet } from '../dicom/json';
import { getMetadata, type Series } from '../server/studies';
import { factsOf, type Frame, type FrameFacts } from './frames';

const restBeforeAsking = 90; // milliseconds on one image; a wheel that runs past asks for nothing

/** The header of the image on the screen, fetched once per instance; undefined until it is there, or when it never is. */
export function useFacts(series: Series, frame: Frame | undefined): FrameFacts | undefined {
  const held = useRef(new Map<string, JsonDataSet>());
  const [, arrived] = useState(0);
  const instance = frame?.instance.uid;

  useEffect(() => {
    if (!instance || held.current.has(instance)) return;
    const cancel = new AbortController();
    const first = held.current.size === 0;
    const timer = setTimeout(() => {
      getMetadata(series.study, series.uid, instance, cancel.signal).then(
        (image) => {
          if (image) held.current.set(instance, image);
          arrived((count) => count + 1);
        },
        () => undefined, // the picture tells what is wrong; the corners stay empty
      );
    }, first ? 0 : restBeforeAsking);
    return () => {
      clearTimeout(timer);
      cancel.abort();
    };
  }, [series, instance]);

  const image = instance ? held.current.get(instance) : undefined;
  return image && frame ? factsOf(image, frame.number) : undefined;
}
