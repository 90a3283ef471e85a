/* What texts with opinions do beyond HTML and htmx. Every page works without it. */
(() => {
  "use strict";

  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  /* --- What is folded on a phone stands open where it does not push the text away ----------------------------------- */

  if (matchMedia("(min-width: 1024px)").matches) all("[data-wide-open]").forEach((details) => (details.open = true));

  /* --- The passage whose opinions are shown ------------------------------------------------------------------------ */

  document.addEventListener("htmx:afterSwap", (event) => {
    const shown = event.detail.target.querySelector?.("[data-passage]");
    if (!shown) return;
    all(".passage[aria-current]").forEach((passage) => passage.removeAttribute("aria-current"));
    document.getElementById(shown.dataset.passage)?.setAttribute("aria-current", "true");
  });

  /* --- Selecting words of a passage offers an opinion on just these ------------------------------------------------- */

  const ANY = "00000000-0000-0000-0000-000000000000"; // stands for the passage in the address
  const draft = document.querySelector("[data-quotes]");
  let offer;

  function selectedWords() {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const inside = (node) => (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest("[data-passage-text]");
    const text = inside(selection.anchorNode);
    const words = selection.toString().trim();
    if (!text || text !== inside(selection.focusNode) || words.length < 2 || !text.textContent.includes(words)) return null;
    return { words, passage: text.closest(".passage").id.slice(2), box: selection.getRangeAt(0).getBoundingClientRect() };
  }

  function offerToQuote() {
    const selected = selectedWords();
    offer?.remove();
    if (!selected) return;
    offer = Object.assign(document.createElement("a"), {
      className: "krds-btn medium primary quote-offer",
      href: `${draft.dataset.give.replace(ANY, selected.passage)}?quote=${encodeURIComponent(selected.words)}`,
      textContent: draft.dataset.quotes,
    });
    document.body.append(offer);
    offer.style.top = `${selected.box.bottom + scrollY + 8}px`;
    offer.style.left = `${Math.max(8, selected.box.left + scrollX)}px`;
    offer.addEventListener("pointerdown", (event) => event.preventDefault()); // a tap must not end the selection first
  }

  if (draft) {
    let timer;
    document.addEventListener("selectionchange", () => {
      clearTimeout(timer);
      timer = setTimeout(offerToQuote, 250);
    });
  }

  /* --- The opinion form: a wording is asked for only where the kind has one ----------------------------------------- */

  const WORDING = { amend: "changed", add: "new" };

  function followKind(form) {
    const proposed = form.elements.proposed_text;
    const quote = document.getElementById("current-text").textContent;
    const follow = () => {
      const wording = WORDING[form.elements.kind.value] ?? "none";
      form.dataset.wording = wording;
      const untouched = proposed.value.trim() === quote.trim() || !proposed.value.trim();
      if (!untouched) return;
      proposed.value = wording === "changed" ? quote : "";
      proposed.dispatchEvent(new Event("input", { bubbles: true }));
    };
    form.addEventListener("input", (event) => event.target.name === "kind" && follow());
    follow();
  }

  all("form[data-opinion]").forEach(followKind);

  /* --- Numbers that follow what happens: <div data-while-visible hx-trigger="every 20s"> --------------------------- */

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && "whileVisible" in event.target.dataset) event.preventDefault();
  });
})();
