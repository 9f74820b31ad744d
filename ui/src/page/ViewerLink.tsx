import { Icon } from './Icon';

/** Opens a study in the diagnostic viewer, which takes the place of this page. */
export function ViewerLink({ study, whose, words }: {
  readonly study: string;
  /** For those who hear the page: links with the same words would sound alike. */
  readonly whose: string;
  readonly words?: boolean;
}) {
  return (
    <a className={`button to-viewer${words ? '' : ' plain'}`} href={`viewer/viewer?StudyInstanceUIDs=${encodeURIComponent(study)}`}
      aria-label={`Open ${whose} in the viewer`} title="Open in the diagnostic viewer" onClick={(event) => event.stopPropagation()}>
      <Icon name="viewer" />{words && <span>Viewer</span>}
    </a>
  );
}
