import { useEffect, useRef, useState } from 'react';
import { count, isPicture, modalityName } from '../dicom/words';
import { request, sentence } from '../server/http';
import { hashOf } from '../page/route';
import { thumbnailUrl, type Series } from '../server/studies';

interface SeriesStripProps {
  readonly series: readonly Series[];
  readonly open: string | undefined;
}

/** A picture of each series; a click opens it. */
export function SeriesStrip({ series, open }: SeriesStripProps) {
  const current = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    void current.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [open]);
  return (
    <nav className="strip" aria-label="Series">
      {series.map((one) => (
        <a key={one.uid} href={hashOf(one.study, one.uid)} aria-current={one.uid === open || undefined}
          ref={one.uid === open ? current : undefined}>
          <Thumbnail series={one} />
          <span className="words">
            <span className="name">{one.description || one.bodyPart || modalityName(one.modality) || 'Series'}</span>
            <span className="facts">
              <abbr className={`badge m-${one.modality}`} title={modalityName(one.modality)}>{one.modality || '?'}</abbr>
              {count(one.instanceCount, isPicture(one.modality) ? 'image' : 'object')}
            </span>
          </span>
        </a>
      ))}
    </nav>
  );
}

function Thumbnail({ series }: { readonly series: Series }) {
  const [failed, setFailed] = useState(false);
  const [reason, setReason] = useState('');
  const url = thumbnailUrl(series);

  useEffect(() => {
    if (!failed) return;
    // An img element does not tell why it got no picture: ask once more for the words.
    request(url).then(() => undefined, (error: unknown) => setReason(sentence(error)));
  }, [failed, url]);

  return (
    <span className="thumbnail">
      {failed
        ? <span className="nopicture" title={reason}><b>{series.modality || '?'}</b><span>{reason}</span></span>
        : <img src={url} alt="" loading="lazy" width={128} height={128} onError={() => setFailed(true)} />}
    </span>
  );
}
