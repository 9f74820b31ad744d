import { useEffect, useRef } from 'react';
import { modalityName } from '../dicom/words';
import { Icon } from '../page/Icon';
import type { DateChoice, Filters } from './search';

interface SearchBarProps {
  readonly filters: Filters;
  readonly change: (filters: Filters) => void;
  /** Leaves the box downwards, into the list. */
  readonly toList: () => void;
}

const dateChoices: readonly (readonly [DateChoice, string])[] = [
  ['any', 'Any date'], ['today', 'Today'], ['week', 'Last 7 days'], ['month', 'Last 30 days'], ['year', 'Last year'],
  ['own', 'From … to …'],
];

const modalityChoices = ['CT', 'MR', 'US', 'CR', 'DX', 'MG', 'XA', 'RF', 'NM', 'PT', 'SC', 'SR', 'SEG', 'RTSTRUCT', 'RTDOSE'];

export function SearchBar({ filters, change, toList }: SearchBarProps) {
  const box = useRef<HTMLInputElement>(null);

  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.key !== '/' || event.ctrlKey || event.metaKey || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName)) return;
      event.preventDefault();
      box.current?.focus();
      box.current?.select();
    };
    window.addEventListener('keydown', focus);
    return () => window.removeEventListener('keydown', focus);
  }, []);

  const { dates } = filters;
  return (
    <form className="search" role="search" onSubmit={(event) => event.preventDefault()}>
      <label className="box">
        <span className="unseen">Search by name, patient ID or accession number</span>
        <Icon name="search" />
        <input ref={box} type="search" value={filters.words} placeholder="Name, ID or accession number"
          autoComplete="off" spellCheck={false} name="words"
          onChange={(event) => change({ ...filters, words: event.target.value })}
          onKeyDown={(event) => {
            if (event.key === 'ArrowDown' || event.key === 'Enter') {
              event.preventDefault();
              toList();
            }
          }} />
        <kbd aria-hidden="true">/</kbd>
      </label>
      <label>
        <span className="unseen">Study date</span>
        <select value={dates.choice} className={dates.choice === 'any' ? '' : 'set'}
          onChange={(event) => change({ ...filters, dates: { ...dates, choice: event.target.value as DateChoice } })}>
          {dateChoices.map(([choice, name]) => <option key={choice} value={choice}>{name}</option>)}
        </select>
      </label>
      {dates.choice === 'own' && (
        <span className="dates">
          <input type="date" aria-label="From" value={dates.from} max={dates.to || undefined}
            onChange={(event) => change({ ...filters, dates: { ...dates, from: event.target.value } })} />
          <input type="date" aria-label="To" value={dates.to} min={dates.from || undefined}
            onChange={(event) => change({ ...filters, dates: { ...dates, to: event.target.value } })} />
        </span>
      )}
      <label>
        <span className="unseen">Modality</span>
        <select value={filters.modality} className={filters.modality === '' ? '' : 'set'}
          onChange={(event) => change({ ...filters, modality: event.target.value })}>
          <option value="">Any modality</option>
          {modalityChoices.map((code) => (
            <option key={code} value={code}>{modalityName(code) === code ? code : `${code} · ${modalityName(code)}`}</option>
          ))}
        </select>
      </label>
    </form>
  );
}
