/* Shows push messages while no page is open. It has no fetch handler: no page goes through it. */
"use strict";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  let said = {};
  try {
    said = event.data ? event.data.json() : {};
  } catch {
    said = { body: event.data.text() };
  }
  const { title = "Council", body = "", url = "/notices/", tag, lang } = said;
  const shown = { body, tag, lang, renotify: Boolean(tag), data: { url }, icon: "/static/council/mark.svg" };
  event.waitUntil(self.registration.showNotification(title, shown));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const address = new URL(event.notification.data?.url ?? "/notices/", self.location.origin);
  if (address.origin !== self.location.origin) return;
  event.waitUntil(
    self.clients.matchAll({ type: "window", includeUncontrolled: true }).then((open) => {
      const there = open.find((page) => page.url === address.href);
      return there ? there.focus() : self.clients.openWindow(address.href);
    }),
  );
});
