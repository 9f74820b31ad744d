import { modalityName, readableSize } from '../dicom/words';
import { useLoaded } from '../page/useLoaded';
import { getUsage, type Count } from '../server/desk';
import type { ServerInfo } from '../server/server';

/** How much there is, as numbers and as bars. */
export function Numbers({ info }: { readonly info: ServerInfo | undefined }) {
  const usage = useLoaded(String(info?.counts.instances), getUsage, true);
  return (
    <>
      <h2>Numbers</h2>
      {info && (
        <dl className="facts">
          <div><dt>Patients</dt><dd>{info.counts.patients.toLocaleString()}</dd></div>
          <div><dt>Studies</dt><dd>{info.counts.studies.toLocaleString()}</dd></div>
          <div><dt>Series</dt><dd>{info.counts.series.toLocaleString()}</dd></div>
          <div><dt>Objects</dt><dd>{info.counts.instances.toLocaleString()}</dd></div>
          <div><dt>Stored</dt><dd>{readableSize(info.counts.bytes)}</dd></div>
        </dl>
      )}
      {usage.error && <p className="trouble" role="alert">{usage.error}</p>}
      {usage.value && <Bars title="Objects by modality" rows={usage.value.modalities.map((row) => ({ ...row, name: modalityName(row.name) || 'Not said' }))} />}
      {usage.value && <Bars title="Studies by month" rows={usage.value.months.map((row) => ({ ...row, name: /^\d{6}$/.test(row.name) ? `${row.name.slice(0, 4)}-${row.name.slice(4)}` : 'No date' }))} />}
    </>
  );
}

function Bars({ title, rows }: { readonly title: string; readonly rows: readonly Count[] }) {
  const most = Math.max(1, ...rows.map((row) => row.count));
  if (rows.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <table className="bars" aria-label={title}>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              <th scope="row">{row.name}</th>
              <td><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width={(100 * row.count) / most} height="10" rx="1" /></svg></td>
              <td className="number">{row.count.toLocaleString()}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
