/* What pages do beyond HTML and htmx. Every page works without it. */
(() => {
  "use strict";

  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const cookie = (name) => document.cookie.match(`(?:^|; )${name}="?([^;"]*)`)?.[1];
  const words = () => document.getElementById("words").dataset;

  function element(tag, text, attributes = {}) {
    const made = Object.assign(document.createElement(tag), attributes);
    made.textContent = text;
    return made;
  }

  function say(text) {
    const notice = document.getElementById("words").content.cloneNode(true);
    notice.querySelector(".words-here").textContent = text;
    const messages = document.getElementById("messages");
    messages.replaceChildren(notice);
    messages.scrollIntoView({ block: "nearest" });
  }

  /* --- Asking first: <form data-confirm="Question?"> ------------------------------------------------------------ */

  function ask(form, submitter) {
    const dialog = document.getElementById("confirm");
    dialog.querySelector(".confirm-question").textContent = form.dataset.confirm;
    dialog.returnValue = "no";
    dialog.onclose = () => {
      if (dialog.returnValue !== "yes") return;
      form.dataset.confirmed = "";
      form.requestSubmit(submitter);
    };
    dialog.showModal();
  }

  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (form.dataset.confirm && !("confirmed" in form.dataset)) {
        event.preventDefault();
        event.stopImmediatePropagation();
        ask(form, event.submitter);
      } else {
        delete form.dataset.confirmed;
      }
    },
    true,
  );

  /* --- Sending: once, and with the CSRF token of the present login, even if one logged in anew in another window -- */

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if ("sending" in form.dataset) {
      event.preventDefault();
      return;
    }
    form.dataset.sending = "";
    setTimeout(() => delete form.dataset.sending, 8000);
    const token = form.elements.csrfmiddlewaretoken;
    if (token && cookie("csrftoken")) token.value = cookie("csrftoken");
    if ("forget" in form.dataset) forgetEverything();
  });

  window.addEventListener("pageshow", () => all("form[data-sending]").forEach((form) => delete form.dataset.sending));

  /* --- Keeping what is typed: <form data-keep="name"> ------------------------------------------------------------
     Until the server has received it: a cookie names what it received (see RefusalMiddleware). */

  const MONTH = 30 * 24 * 3600 * 1000;
  const shelf = () => `kept:${document.body.dataset.user}:`;
  const place = (form) => shelf() + form.dataset.keep;

  function stored(key, value) {
    try {
      if (value === undefined) return JSON.parse(localStorage.getItem(key));
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(value));
    } catch {
      /* No storage here: nothing is kept, everything else works. */
    }
    return null;
  }

  function forgetEverything() {
    Object.keys(localStorage)
      .filter((key) => key.startsWith(shelf()))
      .forEach((key) => stored(key, null));
  }

  const typed = (form) =>
    [...form.elements].filter((field) => field.name && !/^(hidden|password|file|submit|button|fieldset)$/.test(field.type));

  const isChoice = (field) => field.type === "checkbox" || field.type === "radio";

  const valuesOf = (form) =>
    Object.fromEntries(
      typed(form).map((field) =>
        isChoice(field) ? [`${field.name}=${field.value}`, field.checked] : [field.name, field.value],
      ),
    );

  function fill(form, values) {
    typed(form).forEach((field) => {
      const value = values[isChoice(field) ? `${field.name}=${field.value}` : field.name];
      if (value === undefined) return;
      if (isChoice(field)) field.checked = value;
      else field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }

  function keep(form) {
    const original = valuesOf(form);
    const same = (values) => JSON.stringify(values) === JSON.stringify(original);
    const before = stored(place(form));

    if (before && Date.now() - before.at > MONTH) {
      stored(place(form), null);
    } else if (before && !same({ ...original, ...before.values })) {
      fill(form, before.values);
      const notice = element("p", `${words().restored} `, { className: "form-hint" });
      notice.setAttribute("role", "status");
      const discard = element("button", words().discard, { type: "button", className: "link" });
      discard.addEventListener("click", () => {
        fill(form, original);
        stored(place(form), null);
        notice.remove();
      });
      notice.append(discard);
      form.prepend(notice);
    }

    let timer;
    const remember = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const values = valuesOf(form);
        stored(place(form), same(values) ? null : { at: Date.now(), values });
      }, 200);
    };
    form.addEventListener("input", remember);
    form.addEventListener("change", remember);
    form.addEventListener("submit", () => {
      if (!form.elements.kept) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "kept" }));
      form.elements.kept.value = form.dataset.keep;
    });
    form.addEventListener("htmx:afterRequest", (event) => {
      const { successful, xhr } = event.detail;
      if (event.detail.elt !== form || !successful || xhr.responseText.includes("data-unsent")) return;
      clearTimeout(timer);
      stored(place(form), null);
    });
  }

  function forgetWhatWasSent() {
    const sent = cookie("sent");
    if (!sent) return;
    stored(shelf() + sent, null);
    document.cookie = "sent=; path=/; max-age=0; samesite=lax";
  }

  /* --- Counting: <textarea maxlength data-count> ----------------------------------------------------------------- */

  function count(field) {
    const most = Number(field.getAttribute("maxlength"));
    if (!most) return;
    field.removeAttribute("maxlength"); // typing or pasting too much is said, not cut off
    const left = element("p", "", { className: "count-left" });
    field.after(left);
    const show = () => {
      const rest = most - field.value.length;
      left.textContent = (rest < 0 ? words().over : words().left).replace("{n}", Math.abs(rest).toLocaleString());
      left.hidden = rest > most / 4;
      left.classList.toggle("is-over", rest < 0);
    };
    field.addEventListener("input", show);
    show();
  }

  /* --- What changes while one types: <textarea data-diff-of="#current-text"> -------------------------------------- */

  const tokens = (text) => text.match(/\s+|\p{L}[\p{L}\p{N}]*|\p{N}+|[^\s]/gu) ?? [];

  function compare(before, after) {
    const a = tokens(before);
    const b = tokens(after);
    const lengths = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
    for (let i = a.length - 1; i >= 0; i--)
      for (let j = b.length - 1; j >= 0; j--)
        lengths[i][j] = a[i] === b[j] ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
    const runs = [];
    const add = (kind, text) => (runs.at(-1)?.kind === kind ? (runs.at(-1).text += text) : runs.push({ kind, text }));
    let i = 0;
    let j = 0;
    while (i < a.length || j < b.length) {
      if (i < a.length && j < b.length && a[i] === b[j]) {
        add("same", a[i++]);
        j++;
      } else if (i < a.length && (j >= b.length || lengths[i + 1][j] >= lengths[i][j + 1])) add("del", a[i++]);
      else add("ins", b[j++]);
    }
    return runs;
  }

  function showDiff(field) {
    const source = document.querySelector(field.dataset.diffOf);
    if (!source) return;
    const shown = element("div", "", { className: "live-diff" });
    field.after(shown);
    const draw = () => {
      const before = (source.value ?? source.textContent).trim();
      const after = field.value.trim();
      if (!after || before === after) {
        shown.textContent = words().unchanged;
        return;
      }
      shown.replaceChildren(
        ...compare(before, after).map(({ kind, text }) => {
          if (kind === "same") return document.createTextNode(text);
          const mark = element(kind, text);
          mark.prepend(element("span", `[${kind === "ins" ? words().added : words().removed}: `, { className: "sr-only" }));
          mark.append(element("span", "]", { className: "sr-only" }));
          return mark;
        }),
      );
    };
    field.addEventListener("input", draw);
    draw();
  }

  /* --- The sheet: <a href="#side" data-opens="side">, {% sheet "side" … %} ---------------------------------------- */

  let opener;

  function openSheet(sheet, from) {
    opener = from;
    sheet.classList.add("is-open");
    if (getComputedStyle(sheet).position === "fixed") sheet.focus();
  }

  function closeSheet(sheet) {
    sheet.classList.remove("is-open");
    if (sheet.contains(document.activeElement)) opener?.focus();
  }

  document.addEventListener("click", (event) => {
    const opens = event.target.closest("[data-opens]");
    const closes = event.target.closest("[data-closes]");
    if (opens) {
      if (opens.getAttribute("href")?.startsWith("#")) event.preventDefault();
      openSheet(document.getElementById(opens.dataset.opens), opens);
    }
    if (closes) closeSheet(document.getElementById(closes.dataset.closes));
    if (!event.target.closest("[data-opens], [data-sheet], dialog")) all("[data-sheet].is-open").forEach(closeSheet);
    all(".drop[open]").forEach((drop) => drop.contains(event.target) || drop.removeAttribute("open"));
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    all("[data-sheet].is-open").forEach(closeSheet);
    all(".drop[open]").forEach((drop) => {
      drop.removeAttribute("open");
      drop.querySelector("summary").focus();
    });
  });

  /* --- htmx ------------------------------------------------------------------------------------------------------ */

  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get" && cookie("csrftoken")) event.detail.headers["X-CSRFToken"] = cookie("csrftoken");
  });
  document.addEventListener("htmx:beforeRequest", () => document.body.classList.add("is-waiting"));
  document.addEventListener("htmx:afterRequest", (event) => {
    document.body.classList.remove("is-waiting");
    const form = event.target.closest?.("form");
    if (form) delete form.dataset.sending;
  });
  document.addEventListener("htmx:sendError", () => say(words().offline));
  document.addEventListener("htmx:timeout", () => say(words().offline));
  document.addEventListener("htmx:responseError", () => say(words().failed));
  document.addEventListener("htmx:load", (event) => dress(event.detail.elt));

  /* --- Begin ----------------------------------------------------------------------------------------------------- */

  function once(selector, root, what) {
    what.done ??= new WeakSet();
    [...(root.matches?.(selector) ? [root] : []), ...all(selector, root)].forEach((each) => {
      if (what.done.has(each)) return;
      what.done.add(each);
      what(each);
    });
  }

  const focus = (notice) => notice.focus();

  function dress(root) {
    once("textarea[data-count]", root, count);
    once("textarea[data-diff-of]", root, showDiff);
    if (document.body.dataset.user) once("form[data-keep]", root, keep);
    once(".form-errors", root, focus);
  }

  forgetWhatWasSent();
  dress(document.body);
  const here = document.querySelector(".places [aria-current]");
  if (here) here.closest(".places").scrollLeft = here.offsetLeft - 16;
})();
