/* Writing minutes: a section is saved as one types. Recordings: an offset plays from there. */
(() => {
  "use strict";

  const AFTER = 1500;
  const AGAIN = 10000;
  const shelf = (name) => `kept:${document.body.dataset.user}:${name}`;
  const csrf = () => document.cookie.match(/(?:^|; )csrftoken="?([^;"]*)/)?.[1] ?? "";

  function forget(name) {
    try {
      localStorage.removeItem(shelf(name));
    } catch {
      /* No storage here. */
    }
  }

  /* --- Saved while one types --------------------------------------------------------------------------------------- */

  function keepByItself(form) {
    const { text, closed, revision } = form.elements;
    const id = form.dataset.keep.replace(/-\d+$/, "");
    const status = form.querySelector("[data-kept]");
    const words = () => `${closed.checked}${text.value}`;
    let saved = `${closed.defaultChecked}${text.defaultValue}`;
    let timer;
    let running = null;
    let stopped = false;

    function say(said, link) {
      status.textContent = said;
      if (!link) return;
      const made = { href: link, textContent: status.dataset.login, target: "_blank", className: "link" };
      status.append(" ", Object.assign(document.createElement("a"), made));
    }

    function kept(answer, sent) {
      forget(form.dataset.keep);
      form.dataset.keep = `${id}-${answer.revision}`;
      revision.value = answer.revision;
      saved = sent;
      say(answer.said);
      if (words() !== sent) text.dispatchEvent(new Event("input", { bubbles: true }));
    }

    function conflict(answer) {
      stopped = true;
      revision.value = answer.revision;
      const newer = document.createElement("div");
      newer.innerHTML = answer.newer;
      form.before(newer);
      say(answer.said);
      newer.scrollIntoView({ block: "nearest" });
    }

    async function send(sent) {
      const headers = { "HX-Request": "true", "X-CSRFToken": csrf() };
      let response;
      try {
        response = await fetch(form.dataset.keepsAt, { method: "POST", body: new FormData(form), headers });
      } catch {
        say(status.dataset.offline);
        timer = setTimeout(save, AGAIN);
        return;
      }
      const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
      const answer = isJson ? await response.json() : null;
      if (response.ok && answer) kept(answer, sent);
      else if (answer?.newer) conflict(answer);
      else if (answer) say(answer.said);
      else if (response.status === 401) say(status.dataset.out, status.dataset.loginUrl);
      else say(status.dataset.failed);
    }

    async function save() {
      clearTimeout(timer);
      const sent = words();
      if (running || stopped || sent === saved) return;
      running = send(sent).finally(() => (running = null));
      await running;
    }

    function soon() {
      clearTimeout(timer);
      timer = setTimeout(async () => {
        await running;
        save();
      }, AFTER);
    }

    form.addEventListener("input", soon);
    form.addEventListener("submit", (event) => {
      clearTimeout(timer);
      if (running) {
        event.preventDefault();
        const { submitter } = event;
        running.finally(() => form.requestSubmit(submitter));
      } else stopped = true;
    });
    window.addEventListener("pageshow", (event) => event.persisted && (stopped = false));
    window.addEventListener("online", save);
    window.addEventListener("focus", save);
    document.addEventListener("visibilitychange", () => document.hidden && save());
    if (words() !== saved) soon();
  }

  /* Words typed on this device on an older revision were never saved: they are offered, not lost. */
  function offerOlder(form) {
    const [, id, revision] = form.dataset.keep.match(/^(section-[0-9a-f-]{36})-(\d+)$/) ?? [];
    if (!id) return;
    const older = Object.keys(localStorage).filter((key) => key.startsWith(shelf(`${id}-`)) && key !== shelf(`${id}-${revision}`));
    older.forEach((key) => {
      const typed = JSON.parse(localStorage.getItem(key))?.values?.text;
      if (!typed || typed === form.elements.text.value) return localStorage.removeItem(key);
      const offer = form.querySelector("template[data-older]").content.cloneNode(true).firstElementChild;
      offer.querySelector("[data-typed]").textContent = typed;
      offer.querySelector("button").addEventListener("click", () => {
        form.elements.text.value = typed;
        form.elements.text.dispatchEvent(new Event("input", { bubbles: true }));
        localStorage.removeItem(key);
        offer.remove();
      });
      form.prepend(offer);
    });
  }

  for (const form of document.querySelectorAll("form[data-section]")) {
    keepByItself(form);
    try {
      offerOlder(form);
    } catch {
      /* No storage here. */
    }
  }

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && "whileVisible" in event.target.dataset) event.preventDefault();
  });

  /* --- An offset plays the recording from there -------------------------------------------------------------------- */

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-plays]");
    const player = link && document.getElementById(link.dataset.plays);
    if (!player) return;
    event.preventDefault();
    player.currentTime = Number(link.dataset.from);
    player.play().catch(() => player.focus());
  });
})();
