// The API reference at /docs: Swagger UI over the document that the gateway makes of the protos. A page
// of its own, so that no shopper loads it, and a script of its own, because nothing may be inline.
import bundle from 'swagger-ui-dist/swagger-ui-bundle.js?url';
import 'swagger-ui-dist/swagger-ui.css';
import './docs.css';

declare const SwaggerUIBundle: (options: object) => void;
declare const trustedTypes: { createPolicy: (name: string, rules: object) => void } | undefined;

// Of this page alone: Swagger UI cleans what it shows (DOMPurify), and then puts it into the page as text, all of which is
// ours. The storefront has no such policy, so that no text becomes markup or a script there.
if (typeof trustedTypes !== 'undefined') {
  trustedTypes.createPolicy('default', {
    createHTML: (html: string) => html,
    createScriptURL: (url: string) => (url === bundle ? url : null),
  });
}

// Loaded as it is: bundled, it would take a part of the storefront's scripts with it.
const script = document.createElement('script');
script.src = bundle;
script.addEventListener('load', () => {
  SwaggerUIBundle({
    url: '/openapi.json',
    dom_id: '#reference',
    deepLinking: true,
    defaultModelsExpandDepth: 0,
    // Otherwise it sends the document to a validator of its makers.
    validatorUrl: null,
  });
});
document.head.append(script);
