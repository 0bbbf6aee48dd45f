import { fileURLToPath } from 'node:url';

import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// The gateway that `npm run dev` asks; ./cartwright up prints its address.
const shop = process.env['SHOP'] ?? 'http://localhost:8080';
// Identity refuses to refresh for another origin, so the proxy speaks as the shop's own page.
const proxied = { target: shop, changeOrigin: true, headers: { origin: shop } };

/** Where a file of the build goes; the gateway lets what is hashed and in assets be kept for ever. */
const placeOf = (name = '') => (/^(docs|swagger-ui)/.test(name) ? 'assets/docs' : 'assets');

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    target: 'es2022',
    // Slower than esbuild, and 4 % smaller.
    minify: 'terser',
    // The strict content security policy has no room for data: scripts and fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      // Two pages: the storefront, and the API reference at /docs with files of its own.
      input: { index: 'index.html', docs: 'docs/index.html' },
      output: {
        entryFileNames: ({ name }) => `${placeOf(name)}/[name]-[hash].js`,
        assetFileNames: ({ names: [name] }) => `${placeOf(name)}/[name]-[hash][extname]`,
      },
    },
  },
  server: { proxy: { '/api': proxied, '/media': proxied, '/openapi.json': proxied } },
  test: {
    environment: 'jsdom',
    environmentOptions: { jsdom: { url: 'http://localhost/' } },
    setupFiles: ['src/testing/setup.ts'],
    include: ['src/**/*.test.{ts,tsx}'],
    restoreMocks: true,
    // A busy machine is slow, not wrong.
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
