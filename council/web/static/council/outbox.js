/* What is sent at a meeting survives a lost connection: <form data-queue> is kept here until the server has it.
   Each carries a key of its own; the server counts what comes twice once. */
(() => {
  "use strict";

  const page = document.getElementById("live");
  const box = document.getElementById("outbox");
  if (!page || !box) return;
  const { says } = JSON.parse(document.getElementById("live-words").textContent);
  const shelf = `kept:${document.body.dataset.user}:outbox:${page.dataset.meeting}`;
  const cookie = (name) => document.cookie.match(`(?:^|; )${name}="?([^;"]*)`)?.[1];
  const REFUSED = new Set([400, 403, 404, 409, 413, 422]);
  const SHOWN = 60_000;

  let unstored = null; // what waits, where the browser stores nothing

  function load() {
    if (unstored) return unstored;
    try {
      return JSON.parse(localStorage.getItem(shelf)) ?? [];
    } catch {
      return [];
    }
  }

  function store(entries) {
    try {
      if (entries.length) localStorage.setItem(shelf, JSON.stringify(entries));
      else localStorage.removeItem(shelf);
    } catch {
      unstored = entries;
    }
    draw();
  }

  const update = (key, values) => store(load().map((entry) => (entry.key === key ? { ...entry, ...values } : entry)));
  const remove = (key) => store(load().filter((entry) => entry.key !== key));

  function newKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  /* --- Taking a form ------------------------------------------------------------------------------------------------ */

  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!("queue" in form.dataset)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const data = new FormData(form, event.submitter);
      const fields = [...data].filter(([name]) => name !== "csrfmiddlewaretoken" && name !== "key" && name !== "kept");
      const url = form.getAttribute("action");
      if (form.dataset.queue === "vote" && load().some((entry) => entry.url === url && entry.state !== "refused")) return;
      const about = form.dataset.secret === undefined ? event.submitter?.textContent.trim() : "";
      const text = data.get("text") || [form.dataset.about, form.dataset.queue === "vote" && about].filter(Boolean).join(": ");
      store([...load(), { key: newKey(), url, fields, text, vote: form.dataset.queue === "vote", state: "pending", at: Date.now() }]);
      if (form.dataset.queue !== "vote") {
        form.querySelectorAll("textarea").forEach((field) => {
          field.value = "";
          field.dispatchEvent(new Event("input", { bubbles: true }));
        });
      }
      flush();
    },
    true,
  );

  /* --- Sending ------------------------------------------------------------------------------------------------------ */

  let waiting = 0;
  let timer;
  let busy = false;
  const sent = []; // shown for a minute

  async function send(entry) {
    const waited = Math.max(0, Math.round((Date.now() - entry.at) / 1000)); // the same clock twice: right even if it is wrong
    const body = new URLSearchParams([...entry.fields, ["key", entry.key], ["waited", waited]]);
    const headers = { "HX-Request": "true", "X-CSRFToken": cookie("csrftoken") ?? "" };
    const answer = await fetch(entry.url, { method: "POST", body, headers, signal: AbortSignal.timeout(15_000) });
    if (answer.ok) return { state: "sent" };
    if (answer.status === 401) return { state: "login" };
    if (!REFUSED.has(answer.status)) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const words = page.querySelector(".notice-text")?.textContent ?? "";
    return { state: "refused", why: words.replace(/\s+/g, " ").trim() };
  }

  async function flushAll() {
    for (const entry of load().filter((each) => each.state !== "refused")) {
      if (!load().some((each) => each.key === entry.key)) continue; // another window sent it
      update(entry.key, { state: "sending" });
      let result;
      try {
        result = await send(entry);
      } catch {
        update(entry.key, { state: "pending" });
        return false;
      }
      if (result.state === "sent") {
        sent.push({ ...entry, state: "sent", at: Date.now() });
        setTimeout(draw, SHOWN + 1000);
        remove(entry.key);
        document.dispatchEvent(new CustomEvent("own-changed"));
      } else {
        update(entry.key, result);
        if (result.state === "login") return false;
        document.dispatchEvent(new CustomEvent("own-changed"));
      }
    }
    return true;
  }

  async function flush() {
    clearTimeout(timer);
    if (busy || !load().some((entry) => entry.state !== "refused")) return;
    busy = true;
    const alone = navigator.locks
      ? (work) => navigator.locks.request(shelf, { ifAvailable: true }, (lock) => (lock ? work() : false))
      : (work) => work();
    const done = await alone(flushAll);
    busy = false;
    waiting = done ? 0 : Math.min((waiting || 1000) * 2, 30_000);
    if (load().some((entry) => entry.state !== "refused")) timer = setTimeout(flush, waiting);
  }

  window.addEventListener("online", flush);
  window.addEventListener("focus", flush);
  window.addEventListener("storage", (event) => event.key === shelf && draw());
  document.addEventListener("link-changed", (event) => event.detail === "connected" && flush());
  document.addEventListener("own-drawn", draw);

  /* --- Showing what is sent and what is not ------------------------------------------------------------------------- */

  function button(label, act) {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: label });
    made.addEventListener("click", act);
    return made;
  }

  function actionsOf(entry) {
    if (entry.state === "login") {
      const link = Object.assign(document.createElement("a"), { textContent: says.log_in, target: "_blank", rel: "opener" });
      link.href = page.dataset.login;
      return [link, button(says.retry, flush)];
    }
    if (entry.state === "refused") return [button(says.discard, () => remove(entry.key))];
    if (entry.state === "pending") return [button(says.retry, flush)];
    return [];
  }

  function draw() {
    const entries = [...load(), ...sent.filter((entry) => Date.now() - entry.at < SHOWN)];
    const list = box.querySelector(".outbox-rows");
    const words = { ...says, login: `${says.pending}. ${says.login}` };
    const rows = new Map([...list.children].map((row) => [row.dataset.key, row]));
    entries.forEach((entry) => {
      let row = rows.get(entry.key);
      if (!row) {
        row = document.getElementById("outbox-row").content.firstElementChild.cloneNode(true);
        row.dataset.key = entry.key;
        row.setAttribute("role", "status");
        list.append(row);
      }
      rows.delete(entry.key);
      if (row.dataset.state === entry.state) return;
      row.dataset.state = entry.state;
      row.querySelector(".outbox-state").textContent = [words[entry.state], entry.why].filter(Boolean).join(": ");
      row.querySelector(".outbox-text").textContent = entry.text.slice(0, 200);
      row.querySelector(".actions").replaceChildren(...actionsOf(entry));
    });
    rows.forEach((row) => row.remove());
    box.hidden = !entries.length;
    const open = new Set(load().filter((entry) => entry.vote && entry.state !== "refused").map((entry) => entry.url));
    document.querySelectorAll("form[data-queue=vote]").forEach((form) => {
      form.querySelectorAll("button").forEach((each) => each.setAttribute("aria-disabled", open.has(form.getAttribute("action"))));
    });
  }

  store(load().map((entry) => (entry.state === "sending" ? { ...entry, state: "pending" } : entry)));
  flush();
})();
