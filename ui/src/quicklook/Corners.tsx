import { ageAt, readableDate, readableName, readableSex, readableTime } from '../dicom/words';
import type { Series, Study } from '../server/studies';
import type { FrameFacts, Window } from './frames';

interface CornersProps {
  readonly study: Study;
  readonly series: Series;
  readonly facts: FrameFacts | undefined;
  readonly window: Window | undefined;
  readonly position: string;
}

/** What lies over the picture: who, when, what, how, and which edge points where. */
export function Corners({ study, series, facts, window, position }: CornersProps) {
  const age = ageAt(study.birthDate, study.date);
  const edges = facts?.edges;
  return (
    <div className="corners" aria-hidden="true">
      <div className="corner top left">
        <b>{readableName(study.patientName) || 'No name'}</b>
        <span>{study.patientId}</span>
        <span>{[readableDate(study.birthDate), readableSex(study.sex), age].filter(Boolean).join(' · ')}</span>
      </div>
      <div className="corner top right">
        <span>{facts?.institution}</span>
        <span>{[readableDate(study.date), readableTime(study.time)].filter(Boolean).join(' ')}</span>
        <span>{series.description}</span>
      </div>
      <div className="corner bottom left">
        <span>{position}</span>
        <span>{slice(facts)}</span>
      </div>
      <div className="corner bottom right">
        <span>{technique(facts)}</span>
        <span>{facts?.rows && facts.columns ? `${facts.columns} × ${facts.rows}` : ''}</span>
        {window && <span>W {rounded(window.width)} · L {rounded(window.center)}</span>}
      </div>
      {edges && (
        <>
          <span className="edge edge-top">{edges.top}</span>
          <span className="edge edge-left">{edges.left}</span>
          <span className="edge edge-right">{edges.right}</span>
          <span className="edge edge-bottom">{edges.bottom}</span>
        </>
      )}
    </div>
  );
}

function slice(facts: FrameFacts | undefined): string {
  return [
    facts?.location === undefined ? '' : `Slice at ${facts.location.toFixed(1)} mm`,
    facts?.thickness === undefined ? '' : `${rounded(facts.thickness)} mm thick`,
  ].filter(Boolean).join(' · ');
}

function technique(facts: FrameFacts | undefined): string {
  return [
    facts?.kilovolts ? `${rounded(facts.kilovolts)} kV` : '',
    facts?.milliamperes ? `${rounded(facts.milliamperes)} mA` : '',
    facts?.repetitionTime ? `TR ${rounded(facts.repetitionTime)}` : '',
    facts?.echoTime ? `TE ${rounded(facts.echoTime)}` : '',
  ].filter(Boolean).join(' · ');
}

function rounded(value: number): string {
  return String(Math.abs(value) < 10 ? Math.round(value * 100) / 100 : Math.round(value));
}
