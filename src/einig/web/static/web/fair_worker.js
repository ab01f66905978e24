// Without a network the pages of fairs are those that were there last, and so is all they need.
const KEPT = "einig-fair";
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  event.respondWith(fetch(event.request).catch(async (error) => {
    const kept = await (await caches.open(KEPT)).match(event.request, {ignoreVary: true});
    if (kept) return kept;
    throw error;
  }));
});
