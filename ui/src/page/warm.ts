/** Has the browser fetch the diagnostic viewer's scripts while nothing else is to be done: after the click only its data are missing. */
export function warmViewer(): () => void {
  const cancel = new AbortController();
  const timer = setTimeout(() => void fetchAhead(cancel.signal), rest);
  return () => {
    clearTimeout(timer);
    cancel.abort();
  };
}

const rest = 1500; // milliseconds, for the page's own pictures

async function fetchAhead(signal: AbortSignal): Promise<void> {
  try {
    const response = await fetch('viewer/index.html', { signal });
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    for (const element of page.querySelectorAll('script[src][defer], link[rel=preload], link[rel=stylesheet]')) {
      const link = document.createElement('link');
      link.rel = 'prefetch';
      link.href = element.getAttribute('src') ?? element.getAttribute('href') ?? '';
      document.head.append(link);
    }
  } catch {
    // Nothing is lost: the viewer fetches them itself.
  }
}
