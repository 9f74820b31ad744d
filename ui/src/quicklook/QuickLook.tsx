import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { modalityName } from '../dicom/words';
import { Icon } from '../page/Icon';
import { useLoaded } from '../page/useLoaded';
import { getInstances, pageUrl, pictureFileUrl, renderedInstanceUrl, renderedUrl, type Series, type Study } from '../server/studies';
import { Corners } from './Corners';
import { ctPresets, framesOf, type Frame, type Preset, type Window } from './frames';
import { PictureFetcher, type Picture } from './pictures';
import { useCine } from './useCine';
import { useFacts } from './useFacts';
import { useGestures } from './useGestures';

interface QuickLookProps {
  readonly study: Study;
  readonly series: Series;
  /** Hands out how keys steer the picture, while it is on the screen. */
  readonly onKeys: (keys: ((key: string) => boolean) | undefined) => void;
}

/** One series, picture by picture, as the server draws it. Not for diagnosis: pictures of 8 bits, one at a time. */
export function QuickLook({ study, series, onKeys }: QuickLookProps) {
  const { value: instances, error } = useLoaded(
    `${series.uid} ${series.instanceCount}`, (signal) => getInstances(series.study, series.uid, signal), true);
  const frames = useMemo(() => framesOf(instances ?? []), [instances]);

  if (error) return <Message series={series} text={error} />;
  if (!instances) return <div className="quicklook" aria-busy="true"><div className="viewport" /></div>;
  if (instances.every((one) => one.rows === undefined)) return instances[0] ? <Document series={series} instance={instances[0].uid} /> : <Message series={series} text="This series holds no images." />;
  return <Frames study={study} series={series} frames={frames} onKeys={onKeys} />;
}

function Frames({ study, series, frames, onKeys }: QuickLookProps & { readonly frames: readonly Frame[] }) {
  const [index, setIndex] = useState(() => Math.floor((frames.length - 1) / 2)); // the middle tells most of a volume
  const [window, setWindow] = useState<Window>();
  const forward = useRef(true);
  const last = frames.length - 1;

  const scrollTo = useCallback((next: number) => {
    setIndex((now) => {
      const to = Math.max(0, Math.min(last, Math.round(next)));
      if (to !== now) forward.current = to > now;
      return to;
    });
  }, [last]);
  const scrollBy = useCallback((step: number) => {
    setIndex((now) => {
      forward.current = step > 0;
      return Math.max(0, Math.min(last, now + step));
    });
  }, [last]);

  const { viewport, size } = useViewportSize();
  const urlOf = useCallback((at: number) => {
    const frame = frames[at];
    return frame ? renderedUrl(series, frame.instance.uid, frame.number, size, window) : '';
  }, [series, frames, size, window]);
  const { picture, holds } = usePicture(index, frames.length, urlOf, forward);

  // The corners speak of the picture that is on the screen, which may be a step behind the slider.
  const shownIndex = useShownIndex(picture, urlOf, index, frames.length);
  const facts = useFacts(series, frames[shownIndex]);
  const shownWindow = facts?.colour ? undefined : window ?? facts?.window;

  const cine = useCine(frames.length, facts?.framesPerSecond, useCallback(() => {
    setIndex((now) => {
      const next = now === last ? 0 : now + 1;
      forward.current = true;
      return holds(urlOf(next)) ? next : now; // a late picture slows the loop down; none is left out
    });
  }, [last, holds, urlOf]));

  const gestures = useGestures(viewport, {
    scrollBy,
    canWindow: facts !== undefined && !facts.colour,
    window: () => shownWindow ?? { center: 2 ** (facts?.bitsStored ?? 8) / 2, width: 2 ** (facts?.bitsStored ?? 8) },
    setWindow,
  });

  const presets = series.modality === 'CT' ? ctPresets : [];
  useKeys(onKeys, { scrollBy, scrollTo, last, presets, setWindow, toggleCine: cine.toggle });

  return (
    <div className="quicklook">
      <div className="viewport" ref={viewport} {...gestures}>
        {picture?.source && (
          <img src={picture.source} alt={`${modalityName(series.modality)} image ${shownIndex + 1} of ${frames.length}`}
            draggable={false} data-index={shownIndex} data-address={picture.url} />
        )}
        {picture?.error && <Placeholder series={series} text={picture.error} />}
        <Corners study={study} series={series} facts={facts} window={shownWindow}
          position={positionText(frames, shownIndex)} />
      </div>
      <div className="scroll">
        <input type="range" min={1} max={frames.length} value={index + 1} disabled={frames.length === 1}
          aria-label="Image" aria-valuetext={`Image ${index + 1} of ${frames.length}`}
          onChange={(event) => scrollTo(Number(event.target.value) - 1)} />
        <output>{index + 1} / {frames.length}</output>
      </div>
      <div className="tools" role="toolbar" aria-label="Picture">
        <Presets presets={presets} window={window} choose={setWindow} />
        {presets.length === 0 && (
          <button type="button" disabled={!window} onClick={() => setWindow(undefined)}>
            <Icon name="reset" /> Reset window
          </button>
        )}
        {frames.length > 1 && (
          <span className="cine">
            <button type="button" aria-pressed={cine.playing} onClick={cine.toggle}>
              <Icon name={cine.playing ? 'pause' : 'play'} /> {cine.playing ? 'Pause' : 'Play'}
            </button>
            <label>
              <span className="unseen">Pictures per second</span>
              <input type="range" min={1} max={60} value={cine.rate}
                onChange={(event) => cine.setRate(Number(event.target.value))} />
              <output>{cine.rate}/s</output>
            </label>
          </span>
        )}
        {frames[shownIndex] && (
          <a className="button" href={pictureFileUrl(series, frames[shownIndex].instance.uid, frames[shownIndex].number, window)}
            download={`image-${shownIndex + 1}.png`} title="This image in its full size, through this window">
            <Icon name="download" /> PNG
          </a>
        )}
        <span className="note">Quick look, not for diagnosis</span>
      </div>
    </div>
  );
}

function Presets({ presets, window, choose }: {
  readonly presets: readonly Preset[];
  readonly window: Window | undefined;
  readonly choose: (window: Window | undefined) => void;
}) {
  if (presets.length === 0) return null;
  return (
    <span className="presets" role="group" aria-label="Window">
      {presets.map((preset, index) => (
        <button key={preset.name} type="button" title={`Key ${index + 1}`}
          aria-pressed={preset.center === window?.center && preset.width === window?.width}
          onClick={() => choose(toWindow(preset))}>
          {preset.name}
        </button>
      ))}
    </span>
  );
}

function toWindow({ center, width }: Preset): Window | undefined {
  return center === undefined || width === undefined ? undefined : { center, width };
}

function positionText(frames: readonly Frame[], index: number): string {
  const frame = frames[index];
  if (!frame) return '';
  const several = frame.instance.frames > 1;
  const image = `Image ${several ? frame.instance.number ?? 1 : index + 1}${several ? '' : ` of ${frames.length}`}`;
  return several ? `${image} · frame ${frame.number} of ${frame.instance.frames}` : image;
}

/** The size to ask pictures in: that of the viewport, in steps, so that dragging its edge does not ask anew each time. */
function useViewportSize() {
  const viewport = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState(512);
  useEffect(() => {
    if (!viewport.current) return;
    const watch = new ResizeObserver(([entry]) => {
      const { width = 0, height = 0 } = entry?.contentRect ?? {};
      const pixels = Math.min(width, height) * Math.min(devicePixelRatio, 2);
      setSize(pixels > 640 ? 1024 : 512);
    });
    watch.observe(viewport.current);
    return () => watch.disconnect();
  }, []);
  return { viewport, size };
}

function usePicture(index: number, count: number, urlOf: (index: number) => string, forward: { current: boolean }) {
  const [picture, setPicture] = useState<Picture>();
  const fetcher = useRef<PictureFetcher>(undefined);
  const holds = useCallback((url: string) => fetcher.current?.holds(url) ?? false, []);

  useEffect(() => {
    const made = new PictureFetcher(setPicture);
    fetcher.current = made;
    return () => made.dispose();
  }, []);

  useEffect(() => {
    fetcher.current?.want(urlOf(index), nearby(index, count, forward.current).map(urlOf));
  }, [index, count, urlOf, forward]);

  return { picture, holds };
}

/** What will likely be looked at next: mostly onwards, a little back. */
function nearby(index: number, count: number, forward: boolean): number[] {
  const direction = forward ? 1 : -1;
  const steps = [1, 2, 3, 4, 5, 6, -1, -2, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
  return steps.map((step) => index + step * direction)
    .map((at) => (at >= count && forward ? at - count : at)) // cine starts over
    .filter((at) => at >= 0 && at < count && at !== index);
}

function useShownIndex(picture: Picture | undefined, urlOf: (index: number) => string, index: number, count: number) {
  const shown = useRef(index);
  return useMemo(() => {
    if (!picture) return index;
    if (urlOf(index) === picture.url) return (shown.current = index);
    for (let at = 0; at < count; at++) if (urlOf(at) === picture.url) return (shown.current = at);
    return Math.min(shown.current, count - 1); // the same image in another window or size
  }, [picture, urlOf, index, count]);
}

function useKeys(onKeys: QuickLookProps['onKeys'], steer: {
  readonly scrollBy: (step: number) => void;
  readonly scrollTo: (index: number) => void;
  readonly last: number;
  readonly presets: readonly Preset[];
  readonly setWindow: (window: Window | undefined) => void;
  readonly toggleCine: () => void;
}) {
  const { scrollBy, scrollTo, last, presets, setWindow, toggleCine } = steer;
  useEffect(() => {
    onKeys((key) => {
      const preset = presets[Number(key) - 1];
      if (key === 'ArrowDown') scrollBy(1);
      else if (key === 'ArrowUp') scrollBy(-1);
      else if (key === 'PageDown') scrollBy(10);
      else if (key === 'PageUp') scrollBy(-10);
      else if (key === 'Home') scrollTo(0);
      else if (key === 'End') scrollTo(last);
      else if (key === ' ') toggleCine();
      else if (key === 'r') setWindow(undefined);
      else if (preset) setWindow(toWindow(preset));
      else return false;
      return true;
    });
    return () => onKeys(undefined);
  }, [onKeys, scrollBy, scrollTo, last, presets, setWindow, toggleCine]);
}

/** A report, a document, a waveform: the server's small picture of it, large, and the way to the whole. */
function Document({ series, instance }: { readonly series: Series; readonly instance: string }) {
  const [failed, setFailed] = useState(false);
  if (failed) return <Message series={series} text="This series holds no images." />;
  return (
    <div className="quicklook">
      <div className="viewport document">
        <img src={pageUrl(series)} alt={`First page of ${series.description || modalityName(series.modality)}`} onError={() => setFailed(true)} />
      </div>
      <div className="toolbar" role="toolbar" aria-label="Document">
        <a className="button" href={renderedInstanceUrl(series, instance)} target="_blank" rel="noreferrer"><Icon name="file" /> Open the whole</a>
        <span className="note">{modalityName(series.modality)}</span>
      </div>
    </div>
  );
}

function Message({ series, text }: { readonly series: Series; readonly text: string }) {
  return (
    <div className="quicklook">
      <div className="viewport"><Placeholder series={series} text={text} /></div>
    </div>
  );
}

function Placeholder({ series, text }: { readonly series: Series; readonly text: string }) {
  return (
    <div className="placeholder" role="status">
      <span className="badge large">{series.modality || '?'}</span>
      <strong>No picture of this</strong>
      <span>{text}</span>
    </div>
  );
}
