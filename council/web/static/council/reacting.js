/* Agree, disagree or pass by key (while the focus is in the form) or by swiping; the buttons do it all without this. */
(() => {
  "use strict";

  const FAR = 80; // pixels to the side that make a swipe
  const STRAIGHT = 40; // pixels up or down that it may stray
  let from = null;

  const form = () => document.querySelector("form[data-reacts]");
  const press = (value) => form()?.querySelector(`button[value="${value}"]`)?.click();

  function ready() {
    const here = form();
    if (!here || here.dataset.ready) return;
    here.dataset.ready = "yes";
    here.querySelector("[data-keys]").hidden = false;
  }

  document.addEventListener("keydown", (event) => {
    const here = form();
    if (!here?.contains(document.activeElement) || event.ctrlKey || event.metaKey || event.altKey) return;
    here.querySelector(`button[data-key="${CSS.escape(event.key)}"]`)?.click();
  });

  document.addEventListener("pointerdown", (event) => {
    from = event.pointerType === "touch" && event.target.closest("form[data-reacts]") && !event.target.closest("button, a")
      ? { x: event.clientX, y: event.clientY }
      : null;
  });
  document.addEventListener("pointercancel", () => (from = null));
  document.addEventListener("pointerup", (event) => {
    if (!from) return;
    const [across, down] = [event.clientX - from.x, event.clientY - from.y];
    from = null;
    if (Math.abs(across) >= FAR && Math.abs(down) <= STRAIGHT) press(across > 0 ? "1" : "-1");
  });

  // The next opinion came without a new page: go on reading there.
  document.addEventListener("htmx:afterSettle", (event) => {
    ready();
    if (event.target.id === "answering") (document.querySelector("[data-asked]") ?? document.querySelector("h1"))?.focus();
  });
  ready();
})();
