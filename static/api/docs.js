// Starts the API's reference page; a signed-in browser tries commands with its own CSRF token.

const root = /** @type {HTMLElement} */ (document.getElementById("api-docs"));

/** The CSRF token of this browser, empty when it has none. */
function csrfToken() {
  const found = document.cookie.split("; ").find((part) => part.startsWith("csrftoken="));
  return found ? decodeURIComponent(found.slice("csrftoken=".length)) : "";
}

/** @type {any} */ (window).SwaggerUIBundle({
  url: root.dataset.schema,
  domNode: root,
  deepLinking: true,
  displayOperationId: false,
  docExpansion: "none", // hundreds of operations: only those of an opened part are drawn
  filter: true,
  validatorUrl: null,
  requestInterceptor: (/** @type {{ headers: Record<string, string>, method?: string }} */ request) => {
    if (request.method && request.method !== "GET") request.headers["X-CSRFToken"] = csrfToken();
    return request;
  },
});
