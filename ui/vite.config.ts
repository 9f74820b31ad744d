import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// `ISOCENTER_URL` names a running server to develop against: npm run dev passes its paths through.
const server = process.env['ISOCENTER_URL'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
  // Relative addresses: the pages work below any prefix a proxy puts in front of the server.
  base: './',
  build: {
    target: 'es2022',
    // The server's Content-Security-Policy allows no data: URLs, so every picture stays a file of its own.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: { '/dicom-web': server, '/api': server },
  },
});
