/*
 * Messages that come while the page is closed: shown as they are, from their sealed words alone; nothing is fetched and nothing is kept of them.
 * One that bears another name than this browser's belongs to somebody who used the tablet before, and nothing of it is shown.
 */

worker.addEventListener("push", (event) => event.waitUntil(tell(event.data)));

/** Over the message before about the same thing. One that was long on its way says so, and makes no sound. */
async function tell(data) {
  const told = await Promise.resolve().then(() => data.json()).catch(() => null);
  const own = await field("push");
  if (!told || !own || told.to !== own.id) return;
  const isLate = Date.now() + ((await field("offset")) ?? 0) > told.until;
  const isQuiet = isLate || told.recall;
  await worker.registration.showNotification(isLate ? `${told.late} · ${told.title}` : told.title, {
    body: told.body,
    tag: told.tag,
    lang: told.lang,
    timestamp: told.at,
    renotify: !isQuiet,
    silent: isQuiet,
    data: { go: told.go },
  });
}

worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(show(event.notification.data?.go ?? ""));
});

/** In the page that is open, in front of the others; else in a new one. */
async function show(go) {
  const open = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const pages = open.filter((each) => new URL(each.url).pathname === CITY.page);
  const page = pages.find((each) => each.visibilityState === "visible") ?? pages[0];
  if (!page) return worker.clients.openWindow(CITY.page + go).catch(() => null);
  page.postMessage({ go });
  return page.focus().catch(() => null);
}

worker.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event)));

/** The browser's service gave it another address: the city is told, if its person is still signed in here. */
async function renew(event) {
  const own = await field("push");
  const answer = own && (await fetch(CITY.session, { credentials: "same-origin", cache: "no-store" }).catch(() => null));
  const who = answer?.ok ? await answer.json() : null;
  if (!who || who.person !== own.person) return;
  const key = event.oldSubscription?.options.applicationServerKey ?? (await worker.registration.pushManager.getSubscription())?.options.applicationServerKey;
  const made = event.newSubscription ?? (key && (await worker.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })));
  if (!made) return;
  const { endpoint, keys } = made.toJSON();
  const headers = { "Content-Type": "application/json", "X-CSRFToken": who.csrf, "Idempotency-Key": crypto.randomUUID() };
  const body = JSON.stringify({ endpoint, p256dh: keys.p256dh, auth: keys.auth, unit: own.unit });
  const heard = await fetch(CITY.push, { method: "POST", headers, body, credentials: "same-origin" });
  if (heard.ok) await field("push", { ...own, id: (await heard.json()).id });
}

/** What the page keeps under a name, or what it shall keep; where the page never kept anything, there is nothing and none is made. */
function field(name, value = null) {
  return new Promise((found) => {
    const asked = indexedDB.open("field");
    asked.onupgradeneeded = () => asked.transaction.abort();
    asked.onerror = () => found(undefined);
    asked.onsuccess = () => {
      const open = asked.result;
      if (!open.objectStoreNames.contains("kept")) return found(undefined);
      const all = open.transaction("kept", value ? "readwrite" : "readonly");
      const store = all.objectStore("kept");
      const done = value ? store.put(value, name) : store.get(name);
      all.oncomplete = () => found(value ?? done.result);
      all.onabort = () => found(undefined);
      open.close();
    };
  });
}
