const shapes = {
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.2 15.2 20 20',
  upload: 'M12 16V5M7.5 9.5 12 5l4.5 4.5M5 19h14',
  close: 'M6 6l12 12M18 6 6 18',
  back: 'M14.5 6 8.5 12l6 6',
  next: 'M9.5 6l6 6-6 6',
  play: 'M8 5.5v13l10.5-6.5Z',
  pause: 'M8.5 6v12M15.5 6v12',
  reset: 'M5.5 12a6.5 6.5 0 1 0 2-4.7M5 4.5v4h4',
  widen: 'M14 5h5v5M10 19H5v-5M19 5l-6 6M5 19l6-6',
  narrow: 'M19 10h-5V5M5 14h5v5M14 10l5-5M10 14l-5 5',
  file: 'M7 4h7l4 4v12H7ZM13.5 4v4.5H18',
  folder: 'M4 7h6l2 2h8v10H4Z',
  check: 'M5.5 12.5l4.2 4.2L18.5 8',
  warning: 'M12 4.5 21 19.5H3ZM12 10.5v4M12 17v.2',
  download: 'M12 4v11M7.5 10.5 12 15l4.5-4.5M5 19h14',
  send: 'M4 12 20 4l-4 16-4.5-6.5ZM11.5 13.5 20 4',
  trash: 'M5 7h14M10 7V4.5h4V7M7 7l1 13h8l1-13M10.5 10.5v6M13.5 10.5v6',
  tags: 'M4 6h16M4 10h16M4 14h16M4 18h10',
  server: 'M4 5h16v6H4ZM4 13h16v6H4ZM7 8v.1M7 16v.1',
  viewer: 'M4 5h16v11H4ZM9 20h6M12 16v4M12 5v11M4 10.5h16',
  image: 'M4 5h16v14H4ZM4 16l5-5 4 4 3-3 4 4M15.5 9.5v.1',
  scanner: 'M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM3 21h18',
} as const;

export function Icon({ name }: { readonly name: keyof typeof shapes }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={shapes[name]} />
    </svg>
  );
}

/** The isocenter of a gantry: two arcs of the ring, the four lasers, and the point they meet in. */
export function Logo() {
  return (
    <svg className="logo" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M26.4 10.1A12 12 0 0 1 21.9 26.4M5.6 21.9A12 12 0 0 1 10.1 5.6" />
      <path d="M16 2.5v6M16 23.5v6M2.5 16h6M23.5 16h6" />
      <circle cx="16" cy="16" r="3.1" />
    </svg>
  );
}
