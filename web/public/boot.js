// Runs before the first paint, and before the scripts of the page are there. A file of its own, since
// the content security policy allows no inline script.
(function () {
  // A chosen theme does not flash.
  try {
    var theme = localStorage.getItem('cartwright.theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch {
    // Storage is blocked: the system's theme it is.
  }

  // What the page needs is fetched beside its scripts instead of after them: its own chunks, its first
  // answer of the shop (src/lib/first-answer.ts takes it), and the pictures that are seen first.
  var chunks = {}; // by page; the build fills them in
  var path = location.pathname;
  var product = /^\/products\/([^/]+)$/.exec(path);
  var page = product
    ? 'product'
    : { '/': 'home', '/products': 'product-list', '/cart': 'cart' }[path];
  (chunks[page] || []).forEach(function (href) {
    var link = document.createElement('link');
    link.rel = 'modulepreload';
    link.href = href;
    document.head.append(link);
  });
  var isPhone = matchMedia('(width < 48rem)').matches;
  var first = {
    // On a phone, the welcome has no pictures.
    home: { url: '/api/products?pageSize=11&orderBy=newest&inStock=true', seen: isPhone ? 3 : 0 },
    'product-list': location.search
      ? undefined
      : { url: '/api/products?pageSize=24&orderBy=newest', seen: 0 },
    product: product && { url: '/api/products/' + product[1], isFresh: true },
  }[page];
  if (!first) return;
  var answer = fetch(first.url, first.isFresh ? { headers: { 'Cache-Control': 'max-age=0' } } : {})
    .then(function (response) {
      return response.ok ? response.json() : undefined;
    })
    .then(function (body) {
      var seen = body && (body.products ? body.products.slice(first.seen, first.seen + 2) : [body]);
      (seen || []).forEach(function (one) {
        var image = new Image();
        image.fetchPriority = 'high';
        image.src = one.imageUrl;
      });
      return body;
    })
    .catch(function () {});
  window.cartwrightFirst = { url: first.url, answer: answer };
})();
