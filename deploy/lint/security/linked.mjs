// What is in a binary besides our own code: the shared libraries that the loader maps, and the Debian packages
// from which libraries and headers come.

import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, readdirSync, realpathSync } from 'node:fs';
import { basename } from 'node:path';

/** @param {string} command @param {string[]} words */
export function output(command, ...words) {
  return execFileSync(command, words, { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] });
}

/**
 * The shared libraries of a binary, those of its libraries included, as the loader finds them.
 * @param {string} binary
 * @returns {string[]} real paths, sorted
 */
export function librariesOf(binary) {
  const lines = output('ldd', binary).split('\n');
  const missing = lines.filter((line) => line.includes('not found'));
  if (missing.length > 0) throw new Error(`${binary}: ${missing.join('; ')}`);
  const paths = lines.map((line) => /(?:=> )?(\/\S+) \(0x/.exec(line)?.[1]).filter((path) => path !== undefined);
  return [...new Set(paths.map((path) => realpathSync(/** @type {string} */ (path))))].sort();
}

/**
 * The same by another way, to hold the first one to: what the files themselves say that they need.
 * @param {string} binary
 * @returns {string[]} real paths, sorted
 */
export function neededBy(binary) {
  const cache = new Map();
  for (const line of output('/sbin/ldconfig', '-p').split('\n')) {
    const [, name, path] = /^\s+(\S+) \(libc6,x86-64[^)]*\) => (\S+)/.exec(line) ?? [];
    if (name && !cache.has(name)) cache.set(name, realpathSync(path));
  }
  return closureOf(binary, cache, '');
}

/**
 * The same in a file system of its own, such as that of an image.
 * @param {string} root
 * @param {string} binary its path in there
 * @returns {string[]} paths in there, sorted
 */
export function neededIn(root, binary) {
  const cache = new Map(sharedObjectsIn(root).map((path) => [basename(path), root + path]));
  return closureOf(root + binary, cache, root).map((path) => path.slice(root.length));
}

/** Files of a file system that are shared objects by their first bytes and their names. @param {string} root */
export function sharedObjectsIn(root) {
  return elfFilesIn(root).filter((path) => /\.so(\.|$)/.test(path));
}

/** All that the loader or the kernel would run. @param {string} root @returns {string[]} paths in there, sorted */
export function elfFilesIn(root) {
  // Links to directories are followed, so that files come by several names; their own is one that has no link in it.
  const own = (/** @type {string} */ path) => lstatSync(path).isFile() && realpathSync(path) === realpathSync(root) + path.slice(root.length);
  const paths = readdirSync(root, { recursive: true }).map((name) => `${root}/${name}`).filter(own);
  return paths.filter((path) => readFileSync(path).toString('latin1', 0, 4) === '\x7fELF').map((path) => path.slice(root.length)).sort();
}

/** @param {string} binary @param {Map<string, string>} cache paths by name @param {string} root of the loader's path */
function closureOf(binary, cache, root) {
  const found = new Set();
  const open = [binary];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    for (const [, name] of output('readelf', '-dW', file).matchAll(/\(NEEDED\).*\[(.+)\]/g)) {
      const path = cache.get(name);
      if (!path) throw new Error(`${file}: nobody has ${name}`);
      if (!found.has(path)) open.push(path);
      found.add(path);
    }
  }
  // The loader itself is named by the binary, not by a library.
  const [, loader] = /interpreter: (\S+)\]/.exec(output('readelf', '-lW', binary)) ?? [];
  if (loader) found.add(realpathSync(root + loader));
  return [...found].sort();
}

/**
 * The packages that own files. Debian knows a file of the merged /usr by either of its names.
 * @param {string[]} paths
 * @returns {Map<string, string>} package by path
 */
export function packagesOf(paths) {
  const names = new Map();
  for (const path of paths) {
    names.set(path, path);
    names.set(path.startsWith('/usr/') ? path.slice('/usr'.length) : `/usr${path}`, path);
  }
  const owners = new Map();
  for (const line of searched([...names.keys()]).split('\n')) {
    const [, owner, name] = /^([^:\s]+)(?::\S+)?: (.+)$/.exec(line) ?? [];
    const path = names.get(name);
    if (path) owners.set(path, owner);
  }
  const nobodys = paths.filter((path) => !owners.has(path));
  if (nobodys.length > 0) throw new Error(`no Debian package has ${nobodys.join(', ')}`);
  return owners;
}

/** What dpkg-query finds; one name of each file is always unknown, which is no failure. @param {string[]} names */
function searched(names) {
  try {
    return output('dpkg-query', '-S', ...names);
  } catch (error) {
    return String(/** @type {any} */ (error).stdout ?? '');
  }
}

/** @typedef {{name: string, version: string, architecture: string, source: string, sourceVersion: string}} DebianPackage */

/** @param {Iterable<string>} names @returns {DebianPackage[]} sorted by name */
export function describe(names) {
  const format = '${Package}\\t${Version}\\t${Architecture}\\t${source:Package}\\t${source:Version}\\n';
  const lines = output('dpkg-query', '-W', `-f=${format}`, ...new Set(names)).split('\n').filter(Boolean);
  return lines.map((line) => {
    const [name, version, architecture, source, sourceVersion] = line.split('\t');
    return { name, version, architecture, source, sourceVersion };
  }).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * The headers of other people's that were compiled into binaries, as the compiler told ninja.
 * @param {string} build a build directory
 * @param {string[]} targets bin/NAME
 * @returns {string[]} paths
 */
export function headersIn(build, targets) {
  const ninja = (/** @type {string[]} */ ...words) => output('ninja', '-C', build, '-t', ...words).split('\n');
  const objects = ninja('inputs', ...targets).filter((path) => path.endsWith('.o'));
  const headers = ninja('deps', ...objects).map((line) => line.trim()).filter((line) => line.startsWith('/usr/'));
  return [...new Set(headers)].filter((path) => existsSync(path)).sort();
}
