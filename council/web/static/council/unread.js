/* The bell's count: pushed by the server while the page is in view. Without this, it is right when a page is opened. */
(() => {
  "use strict";

  const bell = document.querySelector("[data-unread]");
  if (!bell || !("EventSource" in window)) return;
  const badge = bell.querySelector(".unread");
  const number = bell.querySelector("[data-unread-count]");
  const says = document.querySelector("[data-unread-says]");
  let source = null;

  function show(unread) {
    const before = Number(bell.dataset.unread);
    if (unread === before) return;
    bell.dataset.unread = unread;
    number.textContent = unread;
    badge.hidden = !unread;
    if (unread > before) says.textContent = says.dataset.unreadSays.replace("{n}", unread);
  }

  /* A browser keeps six connections to a server: only the page one looks at holds one of them. */
  function follow() {
    if (document.hidden) {
      source?.close();
      source = null;
    } else if (!source || source.readyState === EventSource.CLOSED) {
      source = new EventSource("/events/notices/");
      source.addEventListener("state", (event) => show(JSON.parse(event.data).state.unread));
    }
  }

  document.addEventListener("visibilitychange", follow);
  addEventListener("pageshow", follow);
  addEventListener("pagehide", () => {
    source?.close();
    source = null;
  });
  follow();
})();
