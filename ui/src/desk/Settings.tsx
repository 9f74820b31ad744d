import { useLoaded } from '../page/useLoaded';
import { getSettings } from '../server/desk';

/** Every setting: what it does, what it is, where that comes from. They are changed in the file, not here. */
export function Settings() {
  const settings = useLoaded('settings', getSettings, true);
  return (
    <>
      <h2>Settings</h2>
      <p className="hint">Read when the server starts: from the settings file, then from environment variables, then from its options.</p>
      {settings.error && <p className="trouble" role="alert">{settings.error}</p>}
      <div className="scroller" tabIndex={0} role="region" aria-label="Settings">
        <table className="settings">
          <thead><tr><th scope="col">Setting</th><th scope="col">Value</th><th scope="col">Default</th><th scope="col">Source</th><th scope="col">What it does</th></tr></thead>
          <tbody>
            {settings.value?.map((one) => (
              <tr key={one.name} className={one.source === 'default' ? undefined : 'given'}>
                <th scope="row">{one.name}</th><td>{one.value}</td><td>{one.default}</td><td>{one.source}</td><td>{one.effect}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
