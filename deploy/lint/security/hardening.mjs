// node hardening.mjs BINARY...: prints which of the protections of compiler and linker a binary lacks, and fails
// when there is one. They are switched on in cmake/Toolchain.cmake; here is looked at what has come of it.

import { output } from './linked.mjs';

/**
 * @typedef {object} Elf what readelf and objdump tell about a binary
 * @property {string} header
 * @property {string} segments
 * @property {string} dynamic
 * @property {string} notes
 * @property {string} imports
 * @property {string} start of main
 */

/** @param {string} path @returns {Elf} */
function read(path) {
  const readelf = (/** @type {string} */ what) => output('readelf', '-W', what, path);
  return {
    header: readelf('--file-header'),
    segments: readelf('--program-headers'),
    dynamic: readelf('--dynamic'),
    notes: readelf('--notes'),
    imports: readelf('--dyn-syms'),
    start: output('objdump', '--disassemble=main', path).split('<main>:\n')[1] ?? '',
  };
}

/** @type {[string, (elf: Elf) => boolean][]} */
const protections = [
  ['a place in memory that nobody knows beforehand (PIE)', (elf) => /Type:\s+DYN/.test(elf.header) && /Flags:.*\bPIE\b/.test(elf.dynamic)],
  ['tables of the loader that nobody writes (RELRO)', (elf) => /GNU_RELRO/.test(elf.segments)],
  ['and none that is filled in later (BIND_NOW)', (elf) => /\(FLAGS\).*BIND_NOW|Flags:.*\bNOW\b/.test(elf.dynamic)],
  ['a stack that is not run (NX)', (elf) => /GNU_STACK\s+(0x\w+\s+){5}RW\s/.test(elf.segments)],
  ['a guard between buffers and return addresses (stack protector)', (elf) => /__stack_chk_fail/.test(elf.imports)],
  ['functions of libc that know the size of buffers (FORTIFY)', (elf) => /__(?!stack)\w+_chk@/.test(elf.imports)],
  // Where the machine has neither, both cost an instruction that does nothing. The claim for indirect branches
  // would need a C library that was compiled for it, which Debian 12 has not.
  ['landing pads of indirect branches (CET, IBT)', (elf) => /^[^\n]*\bendbr64\b/.test(elf.start)],
  ['a shadow stack (CET, SHSTK)', (elf) => /x86 feature:.*SHSTK/.test(elf.notes)],
];

/** What a binary lacks. @param {string} path @returns {string[]} */
export function weaknesses(path) {
  const elf = read(path);
  return protections.filter(([, has]) => !has(elf)).map(([what]) => what);
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const paths = process.argv.slice(2);
  if (paths.length === 0) throw new Error('which binaries?');
  for (const path of paths) {
    const missing = weaknesses(path);
    for (const what of missing) console.error(`${path}: it lacks ${what}`);
    if (missing.length > 0) process.exitCode = 1;
  }
  console.log(`${paths.length} binaries, ${protections.length} protections each`);
}
