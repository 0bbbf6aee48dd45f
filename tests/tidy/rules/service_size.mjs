// What a person must read to know a process: a service at most 900 lines of C++ without its tests,
// its main() 25, and the kit that all of them share 6,290.

// Larger by decision: docs/adr/2026-11-25-service-budgets.md, 2026-11-26-budgets-of-proof.md, for the kit
// 2026-11-27-log-lines-written-together.md and
// 2026-11-28-{images-of-one-binary,audit-log-sealed-behind,idle-connections-are-looked-at}.md, and for both
// 2026-11-28-{second-factor,external-accounts,a-lost-refresh-is-answered-again,live-sessions}.md: identity is small
// things that share one threat model; order has the saga, which is one state machine wherever it is cut; catalog has
// stock besides the products. All have what administrators do.
const larger = { 'services/catalog': 1720, 'services/identity': 5090, 'services/order': 3550 };

const budgets = [
  { of: /^(services\/\w+)\//, lines: 900, larger },
  { of: /^(shared)\//, lines: 6290 },
  { of: /^((?:services\/\w+|gateway)\/main\.cc)$/, lines: 25 },
];

export default {
  name: 'service_size',
  fix: 'simplify, or move what every service needs to the kit',
  check: (tree) => budgets.flatMap((budget) => overspent(tree, budget)),
};

function overspent(tree, budget) {
  const sizes = new Map();
  for (const file of tree.where((f) => f.isCpp && !f.isTest && budget.of.test(f.path))) {
    const unit = file.path.match(budget.of)[1];
    sizes.set(unit, (sizes.get(unit) ?? 0) + file.lines.length);
  }
  const allowed = (unit) => budget.larger?.[unit] ?? budget.lines;
  return [...sizes]
    .filter(([unit, lines]) => lines > allowed(unit))
    .map(([path, lines]) => ({
      path,
      line: 1,
      what: `${lines} lines, ${allowed(path)} are its budget`,
    }));
}
