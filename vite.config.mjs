// Builds every file of webapp/frontend/entries/ into webapp/static/dist/, with a manifest that
// webapp/http/assets.py reads. A new page script is a new file there; nothing is registered.
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { defineConfig } from 'vite';

const root = join(import.meta.dirname, 'webapp/frontend');
const entries = join(root, 'entries');

export default defineConfig({
  root,
  base: '/static/dist/',
  publicDir: false,
  logLevel: 'warn',
  build: {
    outDir: join(import.meta.dirname, 'webapp/static/dist'),
    emptyOutDir: true,
    manifest: true,
    target: 'es2022',
    assetsInlineLimit: 0, // no data: addresses, so that the content security policy needs none for fonts
    chunkSizeWarningLimit: 1500,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: Object.fromEntries(
        readdirSync(entries)
          .filter((name) => name.endsWith('.js'))
          .map((name) => [basename(name, '.js'), join(entries, name)]),
      ),
    },
  },
});
