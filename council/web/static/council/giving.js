/* Writing an opinion: what is typed is saved as a draft by itself. Without this the form has its buttons. */
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

  const told = (field) => field.name && !/^(hidden|submit|button|fieldset)$/.test(field.type) && !field.disabled;

  /* What the form says, or said when the page was loaded. */
  function words(form, { before = false } = {}) {
    const pairs = [...form.elements].filter(told).map((field) => {
      const chosen = before ? field.defaultChecked : field.checked;
      if (/radio|checkbox/.test(field.type)) return chosen && [field.name, field.value];
      if (field.tagName === "SELECT") return [field.name, field.value];
      return [field.name, before ? field.defaultValue : field.value];
    });
    return JSON.stringify(pairs.filter(Boolean));
  }

  function keepByItself(form) {
    const status = form.querySelector("[data-kept]");
    const quote = document.getElementById("current-text").textContent.trim();
    let saved = words(form, { before: true });
    let timer;
    let running = null;
    let stopped = false;

    function say(text, link) {
      status.textContent = text;
      if (!link) return;
      const made = { href: link, textContent: status.dataset.login, target: "_blank", className: "link" };
      status.append(" ", Object.assign(document.createElement("a"), made));
    }

    function isWorthKeeping() {
      const proposed = form.elements.proposed_text.value.trim();
      const reason = form.elements.reason.value.trim();
      return Boolean(form.elements.revision || reason || (proposed && proposed !== quote));
    }

    function hidden(name) {
      if (!form.elements[name]) form.append(Object.assign(document.createElement("input"), { type: "hidden", name }));
      return form.elements[name];
    }

    function kept(answer, sent) {
      forget(form.dataset.keep);
      form.dataset.keep = `opinion-${answer.id}-${answer.revision}`;
      form.dataset.keepsAt = answer.keep;
      form.action = answer.edit;
      hidden("revision").value = answer.revision;
      if (location.pathname !== answer.edit) history.replaceState(null, "", answer.edit);
      const isStill = words(form) === sent;
      if (form.elements.membership) form.elements.membership.disabled = true;
      saved = isStill ? words(form) : sent;
      say(answer.said);
      if (!isStill) form.dispatchEvent(new Event("change"));
    }

    function conflict(answer) {
      stopped = true;
      hidden("revision").value = answer.revision;
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
        response = await fetch(form.dataset.keepsAt, { method: "POST", body: new FormData(form), headers, keepalive: true });
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
      const sent = words(form);
      if (running || stopped || sent === saved || !isWorthKeeping()) return;
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
    if (words(form) !== saved) soon();
  }

  /* Words typed on this device on an older text than this one were never saved: they are offered, not lost. */
  function offerOlder(form) {
    const [, id, revision] = form.dataset.keep.match(/^(opinion-[0-9a-f-]{36})-(\d+)$/) ?? [];
    if (!id) return;
    const older = Object.keys(localStorage).filter((key) => key.startsWith(shelf(`${id}-`)) && key !== shelf(`${id}-${revision}`));
    older.forEach((key) => {
      const typed = JSON.parse(localStorage.getItem(key))?.values ?? {};
      const offer = form.querySelector("template[data-older]").content.cloneNode(true).firstElementChild;
      offer.querySelector("[data-typed]").textContent = [typed.proposed_text, typed.reason].filter(Boolean).join("\n\n");
      offer.querySelector("button").addEventListener("click", () => {
        for (const name of ["proposed_text", "reason"]) {
          if (typed[name] === undefined) continue;
          form.elements[name].value = typed[name];
          form.elements[name].dispatchEvent(new Event("input", { bubbles: true }));
        }
        localStorage.removeItem(key);
        offer.remove();
      });
      form.prepend(offer);
    });
  }

  for (const form of document.querySelectorAll("form[data-opinion]")) {
    if (form.dataset.keepsAt) keepByItself(form);
    try {
      offerOlder(form);
    } catch {
      /* No storage here. */
    }
  }
})();
