// Starts the viewer. Until it shows an image, the first one of the study stands in its place: a still that the server has rendered (see
// index.html). It takes no clicks, and goes when the live image is there, when somebody does something, or after a while.
(() => {
  const patience = 30_000; // milliseconds, for the live image
  const ahead = 500; // milliseconds that the still has until the viewer takes the processor
  const acts = ['pointerdown', 'keydown', 'wheel'];
  const rendered = 'CORNERSTONE_IMAGE_RENDERED';
  const cover = document.getElementById('first-image');

  // What OHIF tells of its studies is for its developers, and costs time while somebody looks on. Warnings and errors stay.
  for (const way of ['log', 'info', 'debug', 'time', 'timeEnd']) console[way] = () => {};

  /** What the bundle would ask for piece by piece is there before it, so that it waits for nothing. */
  function startViewer() {
    const bundle = document.getElementById('viewer-bundle');
    for (const style of document.querySelectorAll('link[rel=preload][as=style]')) {
      const link = style.cloneNode(); // the bundle knows it by its address as it is written
      link.rel = 'stylesheet';
      document.head.append(link);
    }
    for (const { href } of [...document.querySelectorAll('link[rel=preload][as=script]:not(#viewer-bundle)'), bundle]) {
      document.head.append(Object.assign(document.createElement('script'), { src: href, async: false })); // one after the other
    }
  }

  if (!cover) {
    startViewer();
    return;
  }

  // What moves meanwhile would take the time that the viewer needs.
  const quiet = document.createElement('style');
  quiet.textContent = '#root * { animation: none !important; transition: none !important }';

  /** Over the place where the viewer will show it, as soon as there is one. */
  function place() {
    const grid = document.querySelector('[data-cy="viewport-grid"]')?.getBoundingClientRect();
    if (grid?.width) Object.assign(cover.style, { inset: 'auto', left: `${grid.left}px`, top: `${grid.top}px`, width: `${grid.width}px`, height: `${grid.height}px` });
  }

  function leave() {
    clearInterval(timer);
    cover.remove();
    quiet.remove();
    document.removeEventListener(rendered, leaveWhenLive, true);
    for (const act of acts) removeEventListener(act, leave, true);
  }

  /** An empty viewport is rendered too, before its image has come; of the first rendering with it the status says "preRender". */
  function leaveWhenLive(event) {
    if (['preRender', 'rendered', 'resize'].includes(event.detail?.viewportStatus)) leave();
  }

  document.head.append(quiet);
  const timer = setInterval(place, 100);
  setTimeout(leave, patience);
  document.addEventListener(rendered, leaveWhenLive, true);
  for (const act of acts) addEventListener(act, leave, true);

  // Two frames after it is decoded it is on the screen.
  const shown = cover.querySelector('img').decode().then(() => new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(resolve));
  }), leave);
  void Promise.race([shown, new Promise((resolve) => { setTimeout(resolve, ahead); })]).then(startViewer);
})();
