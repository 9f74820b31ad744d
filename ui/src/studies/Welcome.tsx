import { Icon, Logo } from '../page/Icon';
import { dicomHost, type ServerInfo } from '../server/server';
import { Pick } from '../upload/Pick';
import { SampleButton } from './SampleButton';

interface WelcomeProps {
  readonly info: ServerInfo | undefined;
  readonly loaded: () => void;
}

/** What an empty archive shows: three ways to get the first image in. */
export function Welcome({ info, loaded }: WelcomeProps) {
  return (
    <section className="welcome" aria-labelledby="welcome">
      <Logo />
      <h2 id="welcome">Welcome to Isocenter</h2>
      <p>Your archive is running and still empty. Bring in the first images:</p>
      <div className="ways">
        <div className="way">
          <Icon name="image" />
          <h3>Look around</h3>
          <p>A made-up patient with a CT, an MR and an ultrasound.</p>
          <SampleButton loaded={loaded} main />
        </div>
        <div className="way">
          <Icon name="upload" />
          <h3>Upload</h3>
          <p>Drop files or whole folders anywhere on this page, or choose them.</p>
          <Pick />
        </div>
        <div className="way">
          <Icon name="scanner" />
          <h3>Send from a scanner</h3>
          <p>Enter this as a DICOM destination:</p>
          {info && (
            <dl>
              <dt>AE title</dt><dd>{info.aet}</dd>
              <dt>Host</dt><dd>{dicomHost(info)}</dd>
              <dt>Port</dt><dd>{info.dicom.port}</dd>
            </dl>
          )}
        </div>
      </div>
    </section>
  );
}
