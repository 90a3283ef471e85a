/* What the disposition board does beyond HTML and htmx: rows that open in place, choosing many, keys. */
(() => {
  "use strict";

  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const rows = () => all("[data-row]");
  const linkOf = (row) => row.querySelector(".row-link");
  const detailOf = (row) => document.getElementById(`detail-${row.dataset.row}`);
  const rowOf = (detail) => document.getElementById(detail.id.replace("detail", "row"));
  const isOpen = (row) => linkOf(row).getAttribute("aria-expanded") === "true";

  /* --- A row opens below itself ------------------------------------------------------------------------------------ */

  let wanted; // what gets the focus once the row is open

  function close(row) {
    detailOf(row).hidden = true;
    detailOf(row).firstElementChild.replaceChildren(); // nobody is said to work on it any longer
    linkOf(row).setAttribute("aria-expanded", "false");
  }

  document.addEventListener(
    "click",
    (event) => {
      const row = event.target.closest(".row-link")?.closest("[data-row]");
      if (!row || !isOpen(row)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      close(row);
    },
    true,
  );

  document.addEventListener("htmx:afterSwap", (event) => {
    const detail = event.detail.target.closest?.("tr.detail");
    if (!detail) return;
    detail.hidden = false;
    rows().forEach((other) => other !== rowOf(detail) && isOpen(other) && close(other));
    linkOf(rowOf(detail)).setAttribute("aria-expanded", "true");
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    const detail = event.target.closest?.("tr.detail");
    if (!detail) return;
    const field = wanted && detail.querySelector(wanted);
    wanted = undefined;
    if (field) field.focus();
    else if (document.activeElement === document.body) linkOf(rowOf(detail)).focus({ preventScroll: true });
  });

  function openAt(row, selector) {
    const field = isOpen(row) && detailOf(row).querySelector(selector);
    if (field) {
      field.focus();
      return;
    }
    wanted = selector;
    if (!isOpen(row)) linkOf(row).click();
  }

  /* --- Choosing many ----------------------------------------------------------------------------------------------- */

  const bulk = document.getElementById("bulk");
  const choices = () => all("[data-choose]");
  const chosen = () => choices().filter((choice) => choice.checked);

  function count() {
    const said = bulk.querySelector("[data-chosen]");
    const everything = bulk.querySelector("[data-choose-everything]").checked;
    const number = everything ? Number(said.dataset.matching) : chosen().length;
    said.textContent = number ? said.dataset.chosen.replace("{n}", number.toLocaleString()) : "";
    const page = bulk.querySelector("[data-choose-page]");
    page.checked = chosen().length > 0 && chosen().length === choices().length;
  }

  if (bulk) {
    document.addEventListener("change", (event) => {
      if (event.target.matches("[data-choose-page]")) choices().forEach((choice) => (choice.checked = event.target.checked));
      if (event.target.closest("#bulk, [data-row]")) count();
    });
    document.addEventListener("htmx:afterSettle", count);
    bulk.addEventListener("keydown", (event) => {
      const step = event.key === "Enter" && event.target.closest(".work-row");
      if (!step || event.target.matches("button")) return;
      event.preventDefault(); // Enter in a field does what stands beside it
      step.querySelector("button").click();
    });
    window.addEventListener("pageshow", count);
    count();
  }

  /* --- Who works on what ------------------------------------------------------------------------------------------- */

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "working") return;
    rows().forEach((row) => {
      const names = event.detail.target.querySelector(`[data-on="${row.dataset.row}"]`);
      row.querySelector("[data-working]").replaceChildren(...(names ? names.childNodes : []));
    });
  });

  /* --- Keys: never in a field, and not at all where they are switched off -------------------------------------------- */

  const OFF = "board-keys-off";
  const help = document.getElementById("keys");
  const CODES = { KeyJ: "j", KeyK: "k", KeyX: "x", KeyO: "o", KeyA: "a", KeyR: "r", KeyT: "t", KeyU: "u" };
  let current;

  const isField = (element) => element.matches("input:not([data-choose]), textarea, select, [contenteditable]");

  function go(step) {
    const every = rows();
    const at = every.indexOf(current);
    const next = every[at < 0 ? 0 : Math.min(Math.max(at + step, 0), every.length - 1)];
    if (next) linkOf(next).focus();
  }

  function focusInSelection(selector) {
    const field = bulk.querySelector(selector);
    if (!field) return;
    bulk.querySelector("[data-group-steps]").open = true;
    field.focus();
  }

  function choose(row, checked) {
    const choice = row.querySelector("[data-choose]");
    choice.checked = checked ?? !choice.checked;
    count();
  }

  const isChosen = () => chosen().length > 0 || bulk.querySelector("[data-choose-everything]").checked;

  const KEYS = {
    j: () => go(1),
    k: () => go(-1),
    x: () => current && choose(current),
    o: () => current && linkOf(current).click(),
    a: () => (isChosen() ? focusInSelection("[name=office]") : current && openAt(current, "[data-assign] select")),
    r: () => current && openAt(current, "[data-answer] [name=verdict]"),
    t: () => {
      if (!isChosen() && current) choose(current, true);
      focusInSelection("[name=add]");
    },
    u: () => document.querySelector("#last-step button")?.click(),
  };

  document.addEventListener("focusin", (event) => {
    const inside = event.target.closest("[data-row], tr.detail");
    if (inside) current = inside.matches(".detail") ? rowOf(inside) : inside;
  });

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
    if (current && !current.isConnected) current = document.getElementById(current.id); // its row was drawn anew
    if (event.key === "Escape" && current && event.target.closest("#bulk, tr.detail")) linkOf(current).focus();
    if (isField(event.target)) return;
    const key = /^[a-z?]$/.test(event.key) ? event.key : CODES[event.code]; // the same keys with Hangul typed
    if (key === "?") help.showModal();
    if (event.key === "Enter" && event.target.matches("[data-choose]")) KEYS.o();
    else if (KEYS[key]) KEYS[key]();
    else if (key !== "?") return;
    event.preventDefault();
  }

  const areOff = () => {
    try {
      return localStorage.getItem(OFF) === "yes";
    } catch {
      return false;
    }
  };

  if (bulk && help) {
    const off = help.querySelector("[data-keys-off]");
    off.checked = areOff();
    off.addEventListener("change", () => {
      try {
        localStorage.setItem(OFF, off.checked ? "yes" : "no");
      } catch {
        /* No storage here: they stay on. */
      }
    });
    document.addEventListener("keydown", (event) => areOff() || onKey(event));
    all("[data-key-help]").forEach((button) => {
      button.hidden = false;
      button.addEventListener("click", () => help.showModal());
    });
  }
})();
