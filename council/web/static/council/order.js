/* Reports, by keyboard: j and k go from one to the next, h hides, l leaves it. Every decision has its button as well. */
(() => {
  "use strict";

  const cases = () => [...document.querySelectorAll("[data-case]")];
  const here = () => document.activeElement.closest?.("[data-case]");

  function go(step) {
    const all = cases();
    const at = all.indexOf(here());
    const next = all[at < 0 ? 0 : at + step];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  function hide() {
    const details = here()?.querySelector("details");
    if (!details) return;
    details.open = true;
    details.querySelector("textarea").focus();
  }

  const does = { j: () => go(1), k: () => go(-1), h: hide, l: () => here()?.querySelector("[data-leaves]")?.requestSubmit() };

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !does[event.key]) return;
    event.preventDefault();
    does[event.key]();
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.elt?.matches?.("[data-case]")) event.detail.elt.focus();
  });

  document.querySelectorAll("[data-keys]").forEach((keys) => (keys.hidden = false));
})();
