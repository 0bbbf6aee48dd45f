import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import type { Plugin, Rollup } from 'vite';
import { defineConfig } from 'vitest/config';

// The gateway that `npm run dev` asks; ./cartwright up prints its address.
const shop = process.env['SHOP'] ?? 'http://localhost:8080';
// Identity refuses to refresh for another origin, so the proxy speaks as the shop's own page.
const proxied = { target: shop, changeOrigin: true, headers: { origin: shop } };

/** Where a file of the build goes; the gateway lets what is hashed and in assets be kept for ever. */
const placeOf = (name = '') => (/^(docs|swagger-ui)/.test(name) ? 'assets/docs' : 'assets');

/** The modules that one needs, itself included. */
function modulesOf(id: string, getModuleInfo: Rollup.GetModuleInfo): Set<string> {
  const found = new Set([id]);
  // What is added on the way is visited, too.
  for (const one of found) getModuleInfo(one)?.importedIds.forEach((next) => found.add(next));
  return found;
}

const source = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

/**
 * What every page has, and what those have that people arrive at: in a few files instead of many
 * small ones, each of which is a round trip for a phone.
 */
function sharedChunk(
  id: string,
  { getModuleInfo }: { getModuleInfo: Rollup.GetModuleInfo },
): string | undefined {
  if (/\/node_modules\/(react|react-dom|scheduler)\/|commonjsHelpers/.test(id)) return 'react';
  if (/\/node_modules\/(react-router|axios)\//.test(id)) return 'router';
  // src/main.tsx has them before all others.
  if (id === source('lib/reload.ts') || id.includes('preload-helper')) return 'first';
  if (/\/src\/(components\/ui|features\/catalog|features\/cart)\//.test(id)) return 'shop';
  return modulesOf(source('app/start.tsx'), getModuleInfo).has(id) ? 'shop' : undefined;
}

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
/** What src/main.tsx imports in parts, and every page needs. */
const bootParts = ['/node_modules/react-dom/client.js', '/src/app/start.tsx'];

/** The files that a module needs, itself included. */
function filesOf(bundle: Rollup.OutputBundle, module: string): string[] {
  const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
  const chunk = chunks.find(({ moduleIds }) => moduleIds.some((id) => id.endsWith(module)));
  if (!chunk) throw new Error(`the build has no ${module}`);
  const found = new Set([chunk.fileName]);
  // What is added on the way is visited, too.
  for (const name of found) {
    chunks.find(({ fileName }) => fileName === name)?.imports.forEach((next) => found.add(next));
  }
  return [...found];
}

const filesOfEveryPage = (bundle: Rollup.OutputBundle) => [
  ...new Set(bootParts.flatMap((module) => filesOf(bundle, module))),
];

/** Asks for what every page needs in index.html, and tells boot.js what each of its pages needs besides. */
function preloadParts(): Plugin {
  return {
    name: 'preload-parts',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle, path }) {
        if (!bundle || path !== '/index.html') return html;
        const isAsked = (name: string) => html.includes(`/${name}"`);
        return filesOfEveryPage(bundle)
          .filter((name) => !isAsked(name))
          .map((name) => ({
            tag: 'link',
            // What is seen first comes first: style, data and pictures.
            attrs: {
              rel: 'modulepreload',
              crossorigin: true,
              fetchpriority: 'low',
              href: `/${name}`,
            },
            injectTo: 'head',
          }));
      },
    },
    async writeBundle({ dir = '' }, bundle) {
      const everywhere = filesOfEveryPage(bundle);
      const ofPage = (page: string) =>
        filesOf(bundle, `/src/app/routes/${page}.tsx`)
          .filter((name) => !everywhere.includes(name))
          .map((name) => `/${name}`);
      const names = Object.fromEntries(bootPages.map((page) => [page, ofPage(page)]));
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
  plugins: [react(), tailwindcss(), preloadParts(), precompress()],
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
        manualChunks: sharedChunk,
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
