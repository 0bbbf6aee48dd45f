// Who may include whom: services and the gateway stand on shared/ and on generated protos, never on
// each other, so that each can be understood, built and replaced alone. First match counts.

const layers = [
  { from: /^tests\//, may: /./ },
  { from: /^services\/(\w+)\//, may: (own) => `^(shared/|cartwright/|services/${own}/)` },
  { from: /^gateway\//, may: /^(shared\/|cartwright\/|gateway\/)/ },
  // The reasons of errors are protos, and the base of everything.
  {
    from: /^shared\/base\//,
    may: /^(shared\/base\/|cartwright\/api\/)/,
    tests: /^shared\/testing\//,
  },
  { from: /^shared\//, may: /^(shared\/|cartwright\/)/ },
];

export default {
  name: 'includes',
  fix: 'depend only on shared/, generated protos and the own directory, by path from the root',
  check: (tree) =>
    tree
      .where((file) => file.isCpp && layers.some(({ from }) => from.test(file.path)))
      .flatMap((file) => includesOf(file).flatMap((include) => judge(file, include))),
};

function includesOf(file) {
  return file.lines.flatMap((line, at) => {
    const match = line.match(/^\s*#\s*include\s+"([^"]+)"/);
    return match ? [{ target: match[1], path: file.path, line: at + 1 }] : [];
  });
}

function judge(file, { target, path, line }) {
  if (!target.includes('/') || target.includes('..')) {
    return [{ path, line, what: `"${target}" is not a path from the root` }];
  }
  if (!/^(services|gateway|shared|cartwright|tests)\//.test(target)) return [];
  const layer = layers.find(({ from }) => from.test(path));
  if (!layer) return [];
  const may =
    typeof layer.may === 'function' ? new RegExp(layer.may(path.match(layer.from)[1])) : layer.may;
  if (!may.test(target) && !(file.isTest && layer.tests?.test(target))) {
    return [{ path, line, what: `it may not include ${target}` }];
  }
  if (/^shared\/testing\//.test(target) && !file.isTest) {
    return [{ path, line, what: `only tests and fixtures include ${target}` }];
  }
  return [];
}
