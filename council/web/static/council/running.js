/* <button data-print> prints the page. Attendance: the seats are found by name, sector, and who is there. */
(() => {
  "use strict";

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-print]")) window.print();
  });

  const list = document.querySelector("#seats .seats");
  const fields = [...document.querySelectorAll("[data-find]")];
  if (!list || !fields.length) return;
  const said = document.querySelector("[data-found]");
  const wanted = (name) => fields.find((field) => field.dataset.find === name).value.trim().toLowerCase();

  const ASKS = {
    name: (row, words) => row.querySelector(".seat-who").textContent.toLowerCase().includes(words),
    sector: (row, sector) => row.dataset.sector === sector,
    here: (row, state) => (state === "none" ? row.dataset.answer === "none" : state.split(" ").includes(row.dataset.here)),
  };

  /* Who was found stays where they are when they are noted; the next question looks again. */
  function find() {
    const asked = Object.keys(ASKS).map((name) => [ASKS[name], wanted(name)]).filter(([, value]) => value);
    const rows = [...list.children];
    rows.forEach((row) => (row.hidden = !asked.every(([fits, value]) => fits(row, value))));
    const shown = rows.filter((row) => !row.hidden).length;
    said.hidden = !asked.length;
    said.textContent = said.dataset.found.replace("{number}", shown).replace("{all}", rows.length);
  }

  document.querySelectorAll("[data-finds]").forEach((part) => (part.hidden = false));
  fields.forEach((field) => field.addEventListener("input", find));
  find();
})();
