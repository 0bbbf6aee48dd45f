// The sources know neither the machine on which they are nor the place that packages come from:
// both are settings of whoever builds.

// Put together, so that the rule does not find itself.
const hosts = [
  ['registry', 'npmjs', 'org'],
  ['registry', 'yarnpkg', 'com'],
  ['proxy', 'golang', 'org'],
  ['pypi', 'org'],
  ['deb', 'debian', 'org'],
].map((labels) => labels.join('.'));
const shortestRoot = 8; // a shorter one, such as /src of a container, is nobody's machine

export default {
  name: 'portable',
  fix: 'leave it to the settings of the tool',
  check: (tree) => {
    const banned = tree.root.length >= shortestRoot ? [...hosts, `${tree.root}/`] : hosts;
    return tree.files.flatMap((file) =>
      file.lines.flatMap((line, at) =>
        banned
          .filter((name) => line.includes(name))
          .map((name) => ({ path: file.path, line: at + 1, what: `it names ${name}` })),
      ),
    );
  },
};
