// Runs before the first paint, so that a chosen theme does not flash. A file of its own, since the
// content security policy allows no inline script.
(function () {
  try {
    var theme = localStorage.getItem('cartwright.theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch {
    // Storage is blocked: the system's theme it is.
  }
})();
