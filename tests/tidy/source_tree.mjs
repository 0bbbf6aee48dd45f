// The source tree as the rules see it: every text file with its path from the root.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { separate } from './cpp_text.mjs';

const skippedDirectories = new Set(['.git', '.local', '.cache', 'node_modules', 'dist']);
const generated = /(\.gen\.ts|\.pb\.(cc|h)|_pb\.(js|ts))$/;
const extensions =
  'cc h mjs js ts tsx sh sql proto cmake txt json yaml yml toml md css html tpl conf rules py pem key crt env';
const text = new RegExp(
  `\\.(?:${extensions.replaceAll(' ', '|')})$|(?:^|/)(?:Dockerfile|\\.npmrc|\\.env)`,
);
const scripts = new Set(['cartwright', '.ci/run']);
const tests = [
  /^tests\//,
  /^shared\/testing\//,
  /(?:_test|_fixture)\.(?:cc|h)$/,
  /\/(?:test|fake)_[a-z0-9_]+\.(?:cc|h)$/,
  /\.test\.mjs$/,
];

/**
 * One text file. `path` is relative to the root, with `/`.
 */
export class SourceFile {
  #separated;

  /** @param {string} path @param {string} text */
  constructor(path, text) {
    this.path = path;
    this.text = text;
    this.name = path.slice(path.lastIndexOf('/') + 1);
    this.lines = text.replace(/\n$/, '').split('\n');
  }

  /** C++ apart: {code, comments, strings}; see cpp_text.mjs. */
  get cpp() {
    this.#separated ??= separate(this.text);
    return this.#separated;
  }

  /** True for C++ sources and headers. */
  get isCpp() {
    return /\.(cc|h)$/.test(this.path);
  }

  /** True for tests and for what only tests include. */
  get isTest() {
    return tests.some((pattern) => pattern.test(this.path));
  }

  /** The line, counted from 1, of a place in the text. @param {number} offset */
  lineAt(offset) {
    let line = 1;
    for (
      let i = this.text.indexOf('\n');
      i !== -1 && i < offset;
      i = this.text.indexOf('\n', i + 1)
    ) {
      line += 1;
    }
    return line;
  }
}

/**
 * All files that the rules look at.
 */
export class SourceTree {
  /** @param {SourceFile[]} files @param {string} [root] the directory that they came from */
  constructor(files, root = '') {
    this.files = files;
    this.root = root;
  }

  /**
   * Those that a pattern of the path, or a condition, selects.
   * @param {RegExp | ((f: SourceFile) => boolean)} which
   */
  where(which) {
    return this.files.filter(which instanceof RegExp ? (file) => which.test(file.path) : which);
  }
}

/**
 * A tree for a test. @param {Record<string, string>} texts path to text @param {string} [root]
 */
export function treeOf(texts, root) {
  return new SourceTree(
    Object.entries(texts).map(([path, content]) => new SourceFile(path, content)),
    root,
  );
}

/**
 * The tree in a directory. Found by reading directories, not by git: a bare machine, or a container
 * that has only a copy of the sources, has no git.
 * @param {string} root
 */
export function readTree(root) {
  const files = [];
  for (const path of pathsIn(root, '')) {
    if ((text.test(path) || scripts.has(path)) && !generated.test(path)) {
      files.push(new SourceFile(path, readFileSync(join(root, path), 'utf8')));
    }
  }
  return new SourceTree(files, root);
}

/** @returns {string[]} paths from the root, sorted */
function pathsIn(root, directory) {
  const paths = [];
  const entries = readdirSync(join(root, directory), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = directory ? `${directory}/${entry.name}` : entry.name;
    if (entry.isDirectory()) {
      if (!skippedDirectories.has(entry.name) && path !== 'build')
        paths.push(...pathsIn(root, path));
    } else if (entry.isFile()) {
      paths.push(path);
    }
  }
  return paths;
}
