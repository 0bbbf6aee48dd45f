// Runs the negative controls: first every story without its bug, which must leave nothing to complain
// about, then each with its bug in a fresh database, which must. A judge that never spoke is untested.
//
//   controls.sh [WORDS of the bug's name]

import { existsSync, renameSync, symlinkSync } from 'node:fs';
import { root, signal } from '../place.mjs';
import { Bench } from './bench.mjs';
import { controls } from './scenarios.mjs';

const wanted = process.argv.slice(2).join(' ');
const chosen = controls.filter(({ bug }) => bug.includes(wanted));
const started = performance.now();
const failures = [];

/** @param {number} since */
const secondsSince = (since) => ((performance.now() - since) / 1000).toFixed(1);

/** Another build of the order service takes its place. @param {string} program */
function use(program) {
  const place = `${root}/build/controls/bin/cartwright-order`;
  const binary = `${root}/build/${process.env.CARTWRIGHT_CONTROLS_FROM ?? 'release'}/bin/${program}`;
  if (!existsSync(binary)) throw new Error(`${binary} is not built`);
  symlinkSync(binary, `${place}.new`);
  renameSync(`${place}.new`, place);
  signal('order', 'SIGKILL');
}

const bench = await Bench.open(controls.length);
const people = bench.people;
console.log(`prepared in ${secondsSince(started)} s`);
for (const control of chosen) {
  const since = performance.now();
  await control.story(bench, people[controls.indexOf(control)], false);
  const found = await bench.judge();
  console.log(`green  ${secondsSince(since).padStart(5)} s  without: ${control.bug}`);
  if (found.length > 0) {
    failures.push(control.bug);
    console.log(`       FAILS without its bug:\n         ${found.slice(0, 5).join('\n         ')}`);
    await bench.restore();
  }
}
for (const control of chosen) {
  const since = performance.now();
  await bench.restore(control.patch);
  const patched = performance.now();
  if (control.program) {
    use(control.program);
    await bench.usable();
  }
  await control.story(bench, people[controls.indexOf(control)], true);
  const found = await bench.judge();
  if (control.program) use('cartwright-order');
  const spoke = found.filter((line) => control.judges.test(line));
  console.log(`${spoke.length > 0 ? 'red  ' : 'GREEN'}  ${secondsSince(patched).padStart(5)} s  (+ ${((patched - since) / 1000).toFixed(1)} s fresh)  `
    + `${control.bug}: ${spoke[0]?.slice(0, 140) ?? `nobody complains (${found[0] ?? 'nothing at all'})`}`);
  if (spoke.length === 0) failures.push(control.bug);
}
bench.close();
console.log(`${chosen.length} controls, ${failures.length} failed, ${secondsSince(started)} s`);
process.exit(failures.length > 0 || chosen.length === 0 ? 1 : 0);
