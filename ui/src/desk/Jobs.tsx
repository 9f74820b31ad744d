import { useState } from 'react';
import { hashOf } from '../page/route';
import { sentence } from '../server/http';
import { getJobs, retryJob, type Job } from '../server/desk';
import { usePolled } from './usePolled';

const states = { waiting: 'waits', running: 'is being sent', done: 'sent', failed: 'not all sent' } as const;

/** Studies on their way to other nodes. */
export function Jobs() {
  const [jobs, again] = usePolled(1000, getJobs);
  const [error, setError] = useState<string>();
  const retry = (job: Job) => {
    retryJob(job.number).then(() => { setError(undefined); again(); }, (problem: unknown) => setError(sentence(problem)));
  };
  return (
    <>
      <h2>Jobs</h2>
      <p className="hint">Send a study from its own page. A lost connection is tried again by itself, with growing pauses.</p>
      {(error ?? jobs.error) && <p className="trouble" role="alert">{error ?? jobs.error}</p>}
      {jobs.value?.length === 0 && <p className="hint">Nothing was sent since the server was started.</p>}
      <ul className="calls">
        {jobs.value?.map((job) => (
          <li key={job.number} className={job.state === 'failed' ? 'refused' : undefined}>
            <p>
              <b>To {job.node}</b> <a className="link" href={hashOf(job.study)}>study</a>
              <span className="soft"> {states[job.state]}</span>
              <time dateTime={job.at}>{new Date(job.at).toLocaleTimeString()}</time>
            </p>
            <p className="row">
              <progress max={job.total} value={job.stored} aria-label={`Sent to ${job.node}`} />
              <span>{job.stored} of {job.total}{job.failed > 0 && `, ${job.failed} failed`}</span>
              {job.state === 'failed' && <button type="button" onClick={() => retry(job)}>Try again</button>}
            </p>
            {job.problem && <p className="bad">{job.problem}</p>}
          </li>
        ))}
      </ul>
    </>
  );
}
