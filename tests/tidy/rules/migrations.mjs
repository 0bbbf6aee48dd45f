// Migrations run in the order of their numbers, once: a number that is missing or twice there would
// give two databases with one version and two shapes.

const verbs = (
  'add alter archive backfill change create drop extend fix grant guard index insert merge move ' +
  'remove rename replace revoke set split validate'
).split(' ');
const pattern = new RegExp(`^\\d{4}_(?:${verbs.join('|')})(?:_[a-z0-9]+)+\\.sql$`);

export default {
  name: 'migrations',
  fix: 'name it NNNN_verb_noun.sql with the next free number; an applied one is never renamed',
  check: (tree) => {
    const places = new Map();
    return tree.where(/^services\/\w+\/migrations\//).flatMap((file) => {
      const directory = file.path.slice(0, -file.name.length);
      places.set(directory, (places.get(directory) ?? 0) + 1);
      return judge(file, places.get(directory));
    });
  },
};

function judge(file, place) {
  const wanted = String(place).padStart(4, '0');
  const found = (what) => [{ path: file.path, line: 1, what }];
  if (!pattern.test(file.name))
    return found(`the name is not a number, a verb (${verbs[0]}, ...) and a noun`);
  return file.name.startsWith(wanted) ? [] : found(`its number should be ${wanted}`);
}
