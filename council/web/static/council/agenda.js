/* An agenda put into order by dragging, with a finger too; the buttons beside the items do the same without script. */
(() => {
  "use strict";

  const STEP = 40; // pixels sideways that make an item part of the one before it
  const DEEPEST = 2;

  const form = () => document.getElementById("order");
  const rows = () => [...form().querySelectorAll("[data-item]")];
  const depthOf = (row) => Number(row.dataset.depth);

  let drag; // the item that moves with its parts, and where the pointer took hold of it

  function branchOf(row) {
    const all = rows();
    const from = all.indexOf(row);
    let end = from + 1;
    while (end < all.length && depthOf(all[end]) > depthOf(row)) end += 1;
    return all.slice(from, end);
  }

  function order() {
    const above = [];
    return rows()
      .map((row) => {
        above.length = depthOf(row);
        const parent = above.at(-1) ?? "";
        above.push(row.dataset.item);
        return `${row.dataset.item}:${parent}`;
      })
      .join(",");
  }

  function setDepth(row, depth) {
    row.classList.remove(`depth-${row.dataset.depth}`);
    row.dataset.depth = String(depth);
    row.classList.add(`depth-${depth}`);
  }

  /* Where the item stands now, it can be at most one deeper than the one before it, and its parts have to fit below it. */
  function settle(wanted) {
    const [first] = drag.branch;
    const before = rows()[rows().indexOf(first) - 1];
    const height = Math.max(...drag.branch.map(depthOf)) - depthOf(first);
    const deepest = Math.min(before ? depthOf(before) + 1 : 0, DEEPEST - height);
    const after = rows()[rows().indexOf(drag.branch.at(-1)) + 1];
    const least = after ? Math.max(0, Math.min(depthOf(after) - 1, deepest)) : 0;
    const by = Math.max(least, Math.min(wanted, deepest)) - depthOf(first);
    if (by) drag.branch.forEach((row) => setDepth(row, depthOf(row) + by));
  }

  /* A newer order may have taken the place of what is being dragged. */
  const isGone = () => !drag.branch[0].isConnected;

  function follow(event) {
    if (isGone()) drag = undefined;
    if (!drag) return;
    const list = form().querySelector(".order-list");
    const others = rows().filter((row) => !drag.branch.includes(row));
    const next = others.find((row) => {
      const box = row.getBoundingClientRect();
      return event.clientY < box.top + box.height / 2;
    });
    if ((next ?? null) !== drag.branch.at(-1).nextElementSibling) {
      drag.branch.forEach((row) => list.insertBefore(row, next ?? null));
    }
    settle(drag.depth + Math.round((event.clientX - drag.x) / STEP));
  }

  function drop(event) {
    if (isGone()) drag = undefined;
    if (!drag) return;
    const { branch, was } = drag;
    branch.forEach((row) => row.classList.remove("is-dragged"));
    drag = undefined;
    const now = order();
    if (event.type === "pointercancel" || now === was) {
      if (now !== was) window.location.reload();
      return;
    }
    const fields = form().elements;
    Object.entries({ order: now, item: branch[0].dataset.item }).forEach(([name, value]) => {
      fields[name].disabled = false;
      fields[name].value = value;
    });
    form().requestSubmit();
  }

  document.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest?.("[data-handle]");
    if (!handle || event.button !== 0 || drag) return;
    event.preventDefault();
    const row = handle.closest("[data-item]");
    handle.setPointerCapture(event.pointerId);
    drag = { branch: branchOf(row), x: event.clientX, depth: depthOf(row), was: order() };
    drag.branch.forEach((each) => each.classList.add("is-dragged"));
  });
  document.addEventListener("pointermove", (event) => drag && follow(event));
  document.addEventListener("pointerup", (event) => drag && drop(event));
  document.addEventListener("pointercancel", (event) => drag && drop(event));

  document.documentElement.classList.add("can-drag");
})();
