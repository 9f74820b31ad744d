import { useEffect, useRef, type PointerEvent, type RefObject } from 'react';
import type { Window } from './frames';

interface Steering {
  readonly scrollBy: (step: number) => void;
  readonly canWindow: boolean;
  readonly window: () => Window;
  readonly setWindow: (window: Window) => void;
}

interface Drag {
  readonly x: number;
  readonly y: number;
  readonly from: Window;
  readonly scrolls: boolean;
  steps: number;
}

const pixelsPerStep = 14;

/**
 * Wheel: through the images. Drag with the mouse: right widens the window, down raises its centre. Drag with a finger:
 * through the images, as there is no wheel.
 */
export function useGestures(viewport: RefObject<HTMLDivElement | null>, steering: Steering) {
  const latest = useRef(steering);
  latest.current = steering;
  const drag = useRef<Drag>(undefined);

  useEffect(() => {
    const element = viewport.current;
    if (!element) return;
    let turned = 0;
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      // A notch of a wheel is one image; a touchpad's many small turns add up to one.
      turned += event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY / 40 : event.deltaY;
      const steps = Math.abs(turned) >= 1 ? Math.sign(turned) : 0;
      if (steps === 0) return;
      turned = 0;
      latest.current.scrollBy(steps);
    };
    element.addEventListener('wheel', wheel, { passive: false }); // React's own handler could not prevent scrolling
    return () => element.removeEventListener('wheel', wheel);
  }, [viewport]);

  return {
    onPointerDown(event: PointerEvent<HTMLDivElement>) {
      if (event.button !== 0) return;
      const scrolls = event.pointerType === 'touch';
      if (!scrolls && !latest.current.canWindow) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      drag.current = { x: event.clientX, y: event.clientY, from: latest.current.window(), scrolls, steps: 0 };
    },
    onPointerMove(event: PointerEvent<HTMLDivElement>) {
      const now = drag.current;
      if (!now) return;
      const [right, down] = [event.clientX - now.x, event.clientY - now.y];
      if (now.scrolls) {
        const steps = Math.trunc(-down / pixelsPerStep);
        if (steps !== now.steps) latest.current.scrollBy(steps - now.steps);
        now.steps = steps;
      } else if (Math.abs(right) + Math.abs(down) > 2) {
        const perPixel = Math.max(now.from.width, 20) / 256;
        latest.current.setWindow({
          width: Math.max(1, Math.round(now.from.width + right * perPixel)),
          center: Math.round(now.from.center + down * perPixel),
        });
      }
    },
    onPointerUp() {
      drag.current = undefined;
    },
    onPointerCancel() {
      drag.current = undefined;
    },
  };
}
