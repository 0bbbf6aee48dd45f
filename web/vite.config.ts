import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

// The gateway that `npm run dev` asks; ./cartwright up prints its address.
const shop = process.env['SHOP'] ?? 'http://localhost:8080';
// Identity refuses to refresh for another origin, so the proxy speaks as the shop's own page.
const proxied = { target: shop, changeOrigin: true, headers: { origin: shop } };

/** Where a file of the build goes; the gateway lets what is hashed and in assets be kept for ever. */
const placeOf = (name = '') => (/^(docs|swagger-ui)/.test(name) ? 'assets/docs' : 'assets');

const isText = (name: string) => /\.(js|css|html|svg|json)$/.test(name);
/** Smaller files are sent as they are. */
const leastCompressedBytes = 1024;

/**
 * NAME.br and NAME.gz beside every text of the build, the files of public/ included: the gateway
 * sends them instead of compressing itself, for which it has less time.
 */
function precompress(): Plugin {
  let directory = '';
  return {
    name: 'precompress',
    apply: 'build',
    configResolved({ root, build }) {
      directory = resolve(root, build.outDir);
    },
    async closeBundle() {
      const names = await readdir(directory, { recursive: true });
      await Promise.all(names.filter(isText).map((name) => compressFile(join(directory, name))));
    },
  };
}

/** The pages that public/boot.js knows, which are those that people arrive at. */
const bootPages = ['home', 'product-list', 'product', 'cart'];

/** Tells boot.js which chunks each of its pages needs, besides what every page has. */
function fillBoot(): Plugin {
  return {
    name: 'fill-boot',
    apply: 'build',
    async writeBundle({ dir = '' }, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
      const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
      const withImports = (name: string, found = new Set<string>()): Set<string> => {
        if (found.has(name)) return found;
        found.add(name);
        byName.get(name)?.imports.forEach((next) => withImports(next, found));
        return found;
      };
      const entry = chunks.find(({ isEntry, name }) => isEntry && name === 'index');
      const everywhere = withImports(entry?.fileName ?? '');
      const ofPage = (page: string) => {
        const route = chunks.find(({ moduleIds }) =>
          moduleIds.some((id) => id.endsWith(`/src/app/routes/${page}.tsx`)),
        );
        if (!route) throw new Error(`boot.js knows a page that there is not: ${page}`);
        return [...withImports(route.fileName)].filter((name) => !everywhere.has(name));
      };
      const names = Object.fromEntries(
        bootPages.map((page) => [page, ofPage(page).map((name) => `/${name}`)]),
      );
      const path = join(dir, 'boot.js');
      const source = await readFile(path, 'utf8');
      const filled = source.replace('var chunks = {};', `var chunks = ${JSON.stringify(names)};`);
      if (filled === source) throw new Error('boot.js has no place for the chunks');
      await writeFile(path, filled);
    },
  };
}

async function compressFile(path: string): Promise<void> {
  const content = await readFile(path);
  if (content.length < leastCompressedBytes) return;
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT, BROTLI_MAX_QUALITY } = constants;
  const params = {
    [BROTLI_PARAM_QUALITY]: BROTLI_MAX_QUALITY,
    [BROTLI_PARAM_SIZE_HINT]: content.length,
  };
  await writeFile(`${path}.br`, await promisify(brotliCompress)(content, { params }));
  await writeFile(`${path}.gz`, await promisify(gzip)(content, { level: 9 }));
}

export default defineConfig({
  plugins: [react(), tailwindcss(), fillBoot(), precompress()],
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
