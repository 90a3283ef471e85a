/* A meeting as it goes on: the server pushes its state, the page follows. Nothing here moves the focus. */
(() => {
  "use strict";

  const page = document.getElementById("live");
  if (!page) return;
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const { names, says } = read("live-words");
  const own = new Set(page.dataset.seats?.split(" ").filter(Boolean));
  const $ = (selector) => document.querySelector(selector);
  const fillIn = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

  let state = null;
  let skew = 0; // how far the clock here is behind the server's, in milliseconds
  const now = () => Date.now() + skew;

  /* --- Small tools ---------------------------------------------------------------------------------------------- */

  function write(selector, text) {
    const element = typeof selector === "string" ? $(selector) : selector;
    if (element && element.textContent !== text) element.textContent = text;
    return element;
  }

  function show(selector, shown) {
    const element = typeof selector === "string" ? $(selector) : selector;
    if (element) element.hidden = !shown;
  }

  /* Rows stay the same elements while they stay in the list, so that what is focused or read out does not vanish. */
  function rows(list, template, things, fill) {
    const element = $(list);
    if (!element) return;
    const before = new Map([...element.children].map((row) => [row.dataset.key, row]));
    things.forEach((thing, place) => {
      let row = before.get(String(thing.id));
      if (!row) {
        row = document.getElementById(template).content.firstElementChild.cloneNode(true);
        row.dataset.key = thing.id;
      }
      before.delete(String(thing.id));
      fill(row, thing, place);
      if (element.children[place] !== row) element.insertBefore(row, element.children[place] ?? null);
    });
    before.forEach((row) => row.remove());
  }

  /* On the screen in the room nobody scrolls: as many wait there as fit, and how many more there are. */
  function fit() {
    const queue = $("#queue[data-fits]");
    if (!queue) return;
    const waiting = [...queue.children];
    waiting.forEach((row) => (row.hidden = false));
    show("#queue-more", false);
    const tooLong = () => document.documentElement.scrollHeight > window.innerHeight;
    for (let left = waiting.length; left && tooLong(); left -= 1) {
      waiting[left - 1].hidden = true;
      write("#queue-more", fillIn(left > 1 ? says.more : says.waiting, { count: waiting.length - left + 1 }));
      show("#queue-more", true);
    }
  }

  window.addEventListener("resize", fit);
  document.fonts?.ready.then(fit);

  const part = (row, name, text) => write(row.querySelector(`.${name}`), text);

  function clock(seconds) {
    const whole = Math.max(0, Math.floor(seconds));
    const minutes = Math.floor(whole / 60);
    const hours = Math.floor(minutes / 60);
    const two = (n) => String(n).padStart(2, "0");
    return hours ? `${hours}:${two(minutes % 60)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
  }

  const whose = (request) =>
    [request.seat, request.organisation, names.sector[request.sector]].filter((each) => each || each === 0).join(" · ");

  /* --- Drawing a state ------------------------------------------------------------------------------------------ */

  function draw() {
    drawItem();
    drawFloor();
    drawBallot();
    const { quorum } = state;
    const line = $("#quorum");
    if (line) {
      line.dataset.met = quorum.met;
      write(line.querySelector("strong"), quorum.met ? says.quorum_met : says.quorum_lost);
      write(line.querySelector(".soft"), fillIn(says.quorum, quorum));
    }
    rows("#items", "item-row", state.items, (row, item) => {
      row.classList.toggle("is-below", item.below);
      row.toggleAttribute("data-done", item.state === "done");
      if (item.state === "current") row.setAttribute("aria-current", "step");
      else row.removeAttribute("aria-current");
      part(row, "number", item.number);
      part(row, "title", item.title);
      const words = [names.state[item.state], item.closed && says.closed_item].filter(Boolean).join(" · ");
      part(row, "state", words);
    });
    rows(
      "#times",
      "time-row",
      state.times.map((each) => ({ ...each, id: each.sector })),
      (row, each) => {
        part(row, "sector", names.sector[each.sector]);
        part(row, "speeches", fillIn(says.speeches, { count: each.speeches }));
        part(row, "time", clock(each.seconds));
      },
    );
    const { opinions } = state;
    write("#opinions-count", opinions.count ? fillIn(says.opinions, opinions) : says.no_opinions);
    rows("#opinions", "opinion-row", opinions.latest, (row, each) => {
      part(row, "about", [`#${each.number}`, each.passage, each.organisation, names.sector[each.sector]].join(" · "));
      part(row, "text", each.text);
    });
    tick();
    fit();
  }

  function drawItem() {
    const { current, meeting } = state;
    const none = { convened: says.not_begun, running: says.pause }[meeting.state] ?? says.over;
    write("#now-label", current ? [current.number, names.item[current.kind]].join(" · ") : names.meeting[meeting.state]);
    write("#now-title", current ? current.title : none);
    const about = current ? [current.closed && says.closed_item, current.presenter].filter(Boolean).join(" · ") : "";
    write("#now-about", about);
    show("#now-time", Boolean(current?.since && current.minutes));
    show("#now-bar", Boolean(current?.since && current.minutes));
    document.querySelectorAll("[data-current-item]").forEach((field) => (field.value = current?.id ?? ""));
  }

  function drawFloor() {
    const { speaking, queue, meeting } = state;
    rows("#queue", "queue-row", queue, (row, request, place) => {
      row.classList.toggle("is-order", request.kind === "point_of_order");
      row.classList.toggle("is-own", own.has(request.invitation));
      part(row, "queue-place", String(place + 1));
      part(row, "name", request.name);
      part(row, "about", whose(request));
      part(row, "queue-kind", request.kind === "point_of_order" ? names.request[request.kind] : "");
    });
    write("#queue-empty", queue.length ? "" : says.empty_queue);
    const place = queue.findIndex((request) => own.has(request.invitation));
    const speaks = Boolean(speaking && own.has(speaking.invitation));
    write("#my-place", speaks ? says.your_turn : place === 0 ? says.you_are_next : fillIn(says.you_wait, { place: place + 1 }));
    show("#my-place", speaks || place >= 0);
    show("#floor-buttons", meeting.state === "running");
    const may = {
      speech: !speaks && place < 0,
      order: !speaks && queue[place]?.kind !== "point_of_order",
      withdraw: place >= 0,
      end: speaks,
    };
    document.querySelectorAll("[data-shown]").forEach((form) => keepFocus(form, () => (form.hidden = !may[form.dataset.shown])));
  }

  /* A button that goes away hands its focus to the one that takes its place. */
  function keepFocus(form, change) {
    const had = form.contains(document.activeElement);
    change();
    if (had && form.hidden)
      requestAnimationFrame(() => form.parentElement.querySelector("form:not([hidden]) button")?.focus({ preventScroll: true }));
  }

  function drawBallot() {
    const { ballot, result } = state;
    show("#ballot", Boolean(ballot));
    if (ballot) {
      write("#ballot .live-question", ballot.question);
      write("#ballot .live-cast", [ballot.secret && says.secret, fillIn(says.cast, ballot)].filter(Boolean).join(" · "));
    }
    show("#result", Boolean(result));
    if (result && $("#result")) {
      $("#result").dataset.adopted = result.adopted;
      write("#result h2", fillIn(result.adopted ? says.adopted : says.rejected, result));
      write("#result p", fillIn(says.result, result));
    }
  }

  /* --- Time, by the server's clock -------------------------------------------------------------------------------- */

  function tick() {
    if (!state) return;
    const { current, speaking, speech_minutes: speech } = state;
    if (current?.since && current.minutes) {
      const used = current.spent + (now() - current.since) / 1000;
      const left = current.minutes * 60 - used;
      write("#now-time .live-left", fillIn(left < 0 ? says.beyond : says.left, { time: clock(Math.abs(left)) }));
      write("#now-time .live-planned", fillIn(says.of_planned, current));
      $("#now-time")?.toggleAttribute("data-beyond", left < 0);
      const bar = $("#now-bar");
      if (bar) bar.value = Math.min(1, used / (current.minutes * 60));
    }
    const line = $("#speaking");
    if (!line) return;
    if (!speaking) {
      line.replaceChildren(says.nobody);
      return;
    }
    const used = (now() - speaking.since) / 1000;
    const text = fillIn(says.speaks, speaking);
    if (line.dataset.key !== speaking.id) {
      line.dataset.key = speaking.id;
      line.replaceChildren(
        ...[["strong", text], ["span", whose(speaking)], ["span", ""]].map(([tag, words]) =>
          Object.assign(document.createElement(tag), { textContent: words }),
        ),
      );
      line.lastChild.className = "live-speech-time number";
    } else if (line.childElementCount < 3) {
      delete line.dataset.key;
      return;
    }
    write(line.lastChild, `${clock(used)} / ${clock(speech * 60)}`);
    line.toggleAttribute("data-beyond", used > speech * 60);
  }

  setInterval(tick, 1000);

  /* --- Saying what changed, once, politely ------------------------------------------------------------------------ */

  function changes(before, after) {
    const said = [];
    if (before.current?.id !== after.current?.id)
      said.push(after.current ? fillIn(says.now, after.current) : after.meeting.state === "closed" ? says.over : says.pause);
    if (after.ballot && before.ballot?.id !== after.ballot.id) said.push(fillIn(says.vote_open, after.ballot));
    if (after.result && before.result?.id !== after.result.id)
      said.push(fillIn(after.result.adopted ? says.adopted : says.rejected, after.result), fillIn(says.result, after.result));
    if (before.quorum.met !== after.quorum.met) said.push(after.quorum.met ? says.quorum_met : says.quorum_lost);
    if (after.speaking && before.speaking?.id !== after.speaking.id)
      said.push(own.has(after.speaking.invitation) ? says.your_turn : fillIn(says.speaks, after.speaking));
    const next = ({ queue }) => Boolean(queue[0] && own.has(queue[0].invitation));
    if (next(after) && !next(before)) said.push(says.you_are_next);
    return said;
  }

  const said = [];
  let saying;

  function say(sentences) {
    said.push(...sentences);
    clearTimeout(saying);
    saying = setTimeout(() => write("#said", said.splice(0).join(" ")), 300);
  }

  /* --- What is one's own is fetched when it may have changed -------------------------------------------------------- */

  const keyOf = ({ meeting, current, ballot, result }) =>
    [meeting.state, current?.id, ballot?.id, result?.id].join();

  const withoutTokens = (html) => html.replace(/value="\w{64}"/g, "");
  let pressed = false;
  document.addEventListener("pointerdown", () => (pressed = true), true);
  ["pointerup", "pointercancel"].forEach((name) =>
    document.addEventListener(name, () => setTimeout(() => (pressed = false)), true),
  );

  /* Draw a part of the page anew as the server has it. What is typed, open or focused stays; a press is let finish. */
  async function refresh(box, url) {
    let html;
    const turn = (box.turn = (box.turn ?? 0) + 1);
    try {
      const answer = await fetch(url, { headers: { "HX-Request": "true" } });
      if (!answer.ok) return;
      html = await answer.text();
    } catch {
      return; // not reached: fetched again with the next change, or once the stream is back
    }
    while (pressed) await new Promise((done) => setTimeout(done, 50));
    if (box.turn !== turn || box.posting) return; // a newer answer is there, or on its way
    if (box.drawn === withoutTokens(html)) return;
    box.drawn = withoutTokens(html);
    const focused = box.contains(document.activeElement) ? document.activeElement.id : "";
    const titleOf = (details) => details.querySelector("summary").textContent;
    const open = new Set([...box.querySelectorAll("details[open]")].map(titleOf));
    const wasChanged = (field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked;
    const typed = [...box.querySelectorAll("textarea, input[id], select[id]")]
      .filter(wasChanged)
      .map((field) => [field.id, field.value, field.checked]);
    box.innerHTML = html;
    typed.forEach(([id, value, checked]) => {
      const field = document.getElementById(id);
      if (field) Object.assign(field, { value, checked });
    });
    box.querySelectorAll("details").forEach((details) => (details.open = open.has(titleOf(details))));
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    window.htmx?.process(box);
    document.dispatchEvent(new CustomEvent("own-drawn"));
  }

  const fetchOwn = () => page.dataset.own && refresh($("#own"), page.dataset.own);
  const steps = $("#steps");
  let stepping;

  function fetchSteps() {
    clearTimeout(stepping);
    if (steps) stepping = setTimeout(() => refresh(steps, steps.dataset.steps), 150);
  }

  const door = $("#door[data-door]");
  if (door) setInterval(() => refresh(door, door.dataset.door), 20_000);

  /* After a step its button may be gone; whoever works with the keyboard stays among the buttons. */
  steps?.addEventListener("htmx:beforeRequest", () => {
    steps.posting = true;
    steps.turn = (steps.turn ?? 0) + 1;
  });
  steps?.addEventListener("htmx:afterRequest", () => {
    steps.posting = false;
    fetchSteps();
  });
  steps?.addEventListener("htmx:afterSettle", () => {
    steps.drawn = undefined;
    if (document.activeElement === document.body) steps.focus({ preventScroll: true });
  });

  let fetching;

  /* Hundreds of watchers learn of a change in the same moment; they ask for what is theirs over a second. */
  function fetchOwnSoon(spread = 800) {
    clearTimeout(fetching);
    fetching = setTimeout(fetchOwn, Math.random() * spread);
  }

  document.addEventListener("own-changed", () => fetchOwnSoon(0));
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && event.detail.requestConfig.verb === "post" && page.dataset.own) fetchOwnSoon(0);
  });

  /* --- The stream --------------------------------------------------------------------------------------------------- */

  function take(next, time) {
    const before = state;
    skew = time - Date.now();
    state = next;
    draw();
    if (before) say(changes(before, next));
    if (before && keyOf(before) !== keyOf(next)) fetchOwnSoon();
    if (before) fetchSteps();
  }

  function link(how, words) {
    const line = $("#link");
    if (!line || line.dataset.link === how) return;
    const before = line.dataset.link;
    line.dataset.link = how;
    write(line.querySelector(".live-link-words"), words);
    if (before === "lost" || how === "lost" || how === "login") say([words]);
    document.dispatchEvent(new CustomEvent("link-changed", { detail: how }));
  }

  let source;
  let waiting = 1000;
  let checking;
  let heard = Date.now();

  function connect() {
    clearTimeout(checking);
    source?.close();
    source = new EventSource(page.dataset.events);
    source.addEventListener("open", () => {
      waiting = 1000;
      heard = Date.now();
      if ($("#link")?.dataset.link === "lost") fetchOwnSoon();
      link("connected", says.connected);
    });
    source.addEventListener("state", (event) => {
      heard = Date.now();
      const { now: time, state: next } = JSON.parse(event.data);
      take(next, time);
    });
    source.addEventListener("error", () => {
      link("lost", says.lost);
      if (source.readyState === EventSource.CLOSED) again();
    });
  }

  /* A browser gives up where the server refuses: find out why, and go on trying. */
  async function again() {
    waiting = Math.min(waiting * 2, 20_000);
    checking = setTimeout(connect, waiting * (0.5 + Math.random() / 2));
    try {
      const answer = await fetch(location.href, { method: "HEAD", headers: { "HX-Request": "true" } });
      if (answer.status === 401) link("login", says.login);
      if (answer.status === 404) {
        clearTimeout(checking);
        link("gone", says.gone);
      }
    } catch {
      /* The network, then. */
    }
  }

  window.addEventListener("online", connect);
  window.addEventListener("offline", () => link("lost", says.lost));
  document.addEventListener("visibilitychange", () => {
    // A phone that slept does not know that its connection died.
    if (!document.hidden && (source.readyState !== EventSource.OPEN || Date.now() - heard > 60_000)) connect();
  });
  window.addEventListener("pagehide", () => source?.close());
  window.addEventListener("pageshow", (event) => event.persisted && connect());

  take(read("live-state"), Date.now());
  write("#link .live-link-words", says.connecting);
  connect();
})();
