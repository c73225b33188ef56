/** Builds the page into `dist/web`: `vite build web`. */
import { defineConfig } from 'vite'

/** Browsers of the last two years: `light-dark()`, `:has()` and nesting need no detour. */
const BROWSERS = ['chrome125', 'edge125', 'firefox127', 'safari17.5']

// Vite takes its configuration from a default export and from nothing else.
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: BROWSERS,
    cssTarget: BROWSERS,
    // The policy of the page allows no inline data but pictures; files are small and cached for
    // good.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
})
