import { useCallback, useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { ageAt, count, isPicture, readableDate, readableName, readableSex, readableTime } from '../dicom/words';
import { Icon } from '../page/Icon';
import { go } from '../page/route';
import { ViewerLink } from '../page/ViewerLink';
import { useLoaded } from '../page/useLoaded';
import { QuickLook } from '../quicklook/QuickLook';
import { getSeries, getStudy, type Study } from '../server/studies';
import { Modalities } from '../studies/StudyList';
import type { Deletion } from '../server/desk';
import { Metadata } from './Metadata';
import { SeriesStrip } from './SeriesStrip';
import { StudyActions } from './StudyActions';

interface StudyViewProps {
  readonly uid: string;
  readonly seriesUid: string | undefined;
  /** The row of the list, when it holds this study: shown until the server's own answer is there. */
  readonly known: Study | undefined;
  /** Changes whenever the archive holds something new. */
  readonly revision: number;
  readonly viewer: boolean;
  readonly wide: boolean;
  readonly setWide: (wide: boolean) => void;
  readonly deleted: (deletion: Deletion) => void;
}

/** One study: whose it is, its series, and a quick look at one of them. */
export function StudyView({ uid, seriesUid, known, revision, viewer, wide, setWide, deleted }: StudyViewProps) {
  const loaded = useLoaded(`${uid} ${revision}`, (signal) => getStudy(uid, signal), true);
  const found = useLoaded(`${uid} ${revision}`, (signal) => getSeries(uid, signal), true);
  const study = loaded.value?.uid === uid ? loaded.value : known;
  const all = found.value?.[0]?.study === uid ? found.value : undefined;
  const chosen = all?.find((one) => one.uid === seriesUid)
    ?? all?.find((one) => isPicture(one.modality)) ?? all?.[0];

  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    section.current?.focus({ preventScroll: true });
  }, [uid]);

  const [attributes, setAttributes] = useState(false);
  const [acting, setActing] = useState(false);
  const [keys, setKeys] = useState<(key: string) => boolean>();
  const onKeys = useCallback((next: ((key: string) => boolean) | undefined) => setKeys(() => next), []);
  const keyDown = (event: KeyboardEvent<HTMLElement>) => {
    const target = event.target as HTMLElement;
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT)$/.test(target.tagName)) return;
    if (event.key === ' ' && target.tagName === 'BUTTON') return;
    const at = all?.findIndex((one) => one === chosen) ?? -1;
    const neighbour = event.key === 'ArrowRight' ? all?.[at + 1] : event.key === 'ArrowLeft' ? all?.[at - 1] : undefined;
    if (event.key === 'Escape') go();
    else if (event.key === 'f') setWide(!wide);
    else if (neighbour) go(uid, neighbour.uid, true);
    else if (!keys?.(event.key)) return;
    event.preventDefault();
  };

  const missing = !loaded.loading && !loaded.error && !study;
  const error = loaded.error ?? found.error ?? (missing ? 'This study is not in the archive.' : undefined);
  return (
    <section className="study" ref={section} tabIndex={-1} aria-label="Study" aria-busy={found.loading} onKeyDown={keyDown}>
      <header>
        <a className="button plain back" href="#/" aria-label="Back to the list"><Icon name="back" /></a>
        {study && <Heading study={study} />}
        {viewer && study && <ViewerLink study={uid} whose="this study" words />}
        {chosen && <button type="button" className="plain" aria-label="All attributes" title="All attributes" onClick={() => setAttributes(true)}><Icon name="tags" /></button>}
        {study && <button type="button" className="plain" aria-expanded={acting} aria-label="Download, send or delete" title="Download, send, delete" onClick={() => setActing(!acting)}><Icon name="download" /></button>}
        <button type="button" className="plain widen" aria-pressed={wide} title="Key F"
          aria-label={wide ? 'Show the list beside the study' : 'Give the study the whole width'} onClick={() => setWide(!wide)}>
          <Icon name={wide ? 'narrow' : 'widen'} />
        </button>
        <a className="button plain leave" href="#/" aria-label="Close the study" title="Key Esc"><Icon name="close" /></a>
      </header>
      {error && <p className="trouble" role="alert"><Icon name="warning" /> {error}</p>}
      {study && acting && <StudyActions key={uid} study={uid} deleted={deleted} />}
      {chosen && attributes && <Metadata series={chosen} close={() => setAttributes(false)} />}
      {all && <SeriesStrip series={all} open={chosen?.uid} />}
      {study && chosen && <QuickLook key={chosen.uid} study={study} series={chosen} onKeys={onKeys} />}
    </section>
  );
}

function Heading({ study }: { readonly study: Study }) {
  const person = [
    study.patientId,
    readableSex(study.sex),
    study.birthDate && `born ${readableDate(study.birthDate)}`,
    ageAt(study.birthDate, study.date) && `${ageAt(study.birthDate, study.date)} at study`,
  ].filter(Boolean);
  const exam = [
    [readableDate(study.date), readableTime(study.time)].filter(Boolean).join(', '),
    study.description,
    study.accession && `accession ${study.accession}`,
    study.seriesCount > 0 && `${count(study.seriesCount, 'series', 'series')}, ${count(study.instanceCount, 'image')}`,
  ].filter(Boolean);
  return (
    <div className="heading">
      <h2>{readableName(study.patientName) || 'No name'}</h2>
      <p>{person.join(' · ')}</p>
      <p className="exam"><Modalities codes={study.modalities} /> {exam.join(' · ')}</p>
    </div>
  );
}
