// Names that say nothing become drawers for everything.

const banned = new Set(
  'util utils utility utilities helper helpers manager common impl data misc'.split(' '),
);
const types =
  /\b(?:class|struct|enum(?:\s+class)?|union|message|interface|service)\s+([A-Za-z_]\w*)/g;
const typesOfScripts =
  /^\s*(?:export\s+)?(?:default\s+)?(?:class|interface|enum|type)\s+([A-Za-z_]\w*)/gm;
// The directories of one word that style.md itself names.
const exceptions = /^k8s\/data\//;

export default {
  name: 'banned_words',
  fix: `name it after what it is or does (not: ${[...banned].join(', ')})`,
  check: (tree) => [
    ...tree.files.flatMap(namesOfFile),
    ...tree.where(/\.(cc|h|proto)$/).flatMap((file) => namesOfTypes(file, file.cpp.code, types)),
    ...tree
      .where(/\.(mjs|js|ts|tsx)$/)
      .flatMap((file) => namesOfTypes(file, file.text, typesOfScripts)),
  ],
};

function namesOfFile(file) {
  const words = file.path.replace(exceptions, '').split('/').flatMap(wordsOf);
  return bannedIn(words).map((word) => ({
    path: file.path,
    line: 1,
    what: `"${word}" in the path`,
  }));
}

function namesOfTypes(file, text, pattern) {
  return [...text.matchAll(pattern)].flatMap((match) =>
    bannedIn(wordsOf(match[1])).map((word) => ({
      path: file.path,
      line: file.lineAt(match.index + match[0].length),
      what: `"${word}" in the name of ${match[1]}`,
    })),
  );
}

function wordsOf(name) {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
}

function bannedIn(words) {
  return words.filter((word) => banned.has(word));
}
