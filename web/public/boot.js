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
    link.fetchPriority = 'low';
    link.href = href;
    document.head.append(link);
  });
  // A search has a title of its own.
  var isSearch = page === 'product-list' && location.search !== '';
  document.documentElement.dataset.page = (!isSearch && page) || 'other';

  var isPhone = matchMedia('(width < 48rem)').matches;
  var first = {
    // On a phone, the welcome has no pictures.
    home: {
      url: '/api/products?pageSize=11&orderBy=newest&inStock=true',
      seen: isPhone ? [3, 5] : [0, 3],
    },
    'product-list': !isSearch && { url: '/api/products?pageSize=24&orderBy=newest', seen: [0, 4] },
    product: product && { url: '/api/products/' + product[1], isFresh: true, seen: [0, 1] },
  }[page];
  if (!first) return;
  var answer = fetch(first.url, first.isFresh ? { headers: { 'Cache-Control': 'max-age=0' } } : {})
    .then(function (response) {
      if (response.ok) return response.json();
      // Read all the same: an answer that nobody reads stays open.
      return response.text().then(function () {});
    })
    .catch(function () {});
  window.cartwrightFirst = {
    url: first.url,
    answer: answer,
    isPainted: answer.then(paint).catch(function () {}),
  };

  // Puts the pictures that are seen first where the page will have them: they are there before the
  // scripts have run, and stay.
  function paint(body) {
    var products = body ? body.products || [body] : [];
    var images = products.slice(first.seen[0], first.seen[1]).map(function (one) {
      var image = new Image(400, 400);
      image.alt = '';
      image.fetchPriority = 'high';
      image.className = 'aspect-square h-full w-full object-cover';
      image.src = one.imageUrl;
      return image;
    });
    return isParsed()
      .then(function () {
        var places = document.querySelectorAll('[data-shape="' + page + '"] [data-picture]');
        images.forEach(function (image, at) {
          var place = places[first.seen[0] + at];
          if (place) place.append(image);
        });
        return Promise.all(
          images.map(function (image) {
            return image.decode();
          }),
        );
      })
      .then(isFrameDrawn);
  }

  function isParsed() {
    return new Promise(function (resolve) {
      if (document.readyState !== 'loading') resolve();
      else document.addEventListener('readystatechange', resolve, { once: true });
    });
  }

  function isFrameDrawn() {
    return new Promise(function (resolve) {
      requestAnimationFrame(function () {
        setTimeout(resolve);
      });
    });
  }
})();
