/*
 * Keeps the tablet's page so that it opens without a link, and nothing else: what happens in the city is never cached here, and no page
 * outside /field/ comes by. `CITY` is written in front of this by the server: {version, files, page, session, push};
 * `told.js` is written behind it: what comes while the page is closed.
 */

/** @type {any} */
const worker = self;
const FILES = `field-files-${CITY.version}`;
const SHELL = "field-shell";
const RACE = 1500;

worker.addEventListener("install", (event) => {
  event.waitUntil(keepAll().then(() => worker.skipWaiting()));
});

async function keepAll() {
  const files = await caches.open(FILES);
  const old = await caches.keys();
  await Promise.all(
    CITY.files.map(async (url) => {
      // What has its content in its name was fetched once for all versions.
      const known = /\.[0-9a-f]{12}\./.test(url) && old.length ? await caches.match(url, { ignoreVary: true }) : undefined;
      if (known) return files.put(url, known);
      const answer = await fetch(url, { cache: "no-cache", credentials: "same-origin" });
      if (!answer.ok) throw new Error(`${url} ${answer.status}`);
      return files.put(url, answer);
    }),
  );
  await keepShell(await fetch(CITY.page, { cache: "no-store", credentials: "same-origin" }).catch(() => null));
}

/** Only the page itself: not the door, not a refusal. */
async function keepShell(answer) {
  if (!answer?.ok || answer.redirected || !answer.headers.get("X-Field-Shell")) return;
  const kept = await caches.open(SHELL);
  await kept.put(CITY.page, answer);
}

worker.addEventListener("activate", (event) => {
  event.waitUntil(tidy().then(() => worker.clients.claim()));
});

/** The files of the version before stay: a page of it may be open. */
async function tidy() {
  const names = (await caches.keys()).filter((name) => name.startsWith("field-files-") && name !== FILES);
  await Promise.all(names.slice(0, -1).map((name) => caches.delete(name)));
}

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate" && url.pathname === CITY.page) event.respondWith(page(event));
  else if (url.pathname.startsWith("/static/")) event.respondWith(file(request));
});

/** The network has a moment; then the page that is kept opens, and what still comes is kept for the next time. */
async function page(event) {
  const asked = fetch(event.request)
    .then((answer) => {
      event.waitUntil(keepShell(answer.clone()));
      return answer;
    })
    .catch(() => null);
  event.waitUntil(asked);
  const late = new Promise((tell) => setTimeout(() => tell(null), RACE));
  const kept = await (await caches.open(SHELL)).match(CITY.page);
  const answer = await (kept ? Promise.race([asked, late]) : asked);
  if (answer && (answer.status < 500 || !kept)) return answer;
  return kept ?? Response.error();
}

async function file(request) {
  const known = await caches.match(request, { ignoreVary: true });
  return known ?? fetch(request);
}

worker.addEventListener("sync", (event) => {
  if (event.tag === "field-flush") event.waitUntil(flushNow());
});

/** An open page sends by itself; without one the worker does. */
async function flushNow() {
  const pages = await worker.clients.matchAll({ type: "window" });
  if (pages.length) {
    for (const each of pages) each.postMessage("flush");
    return;
  }
  const outcome = await worker.flushOutbox?.(true);
  if (outcome === "down") throw new Error("no link");
}
