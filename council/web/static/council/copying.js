/* Copying: <button data-copies="id" hidden> copies what stands in the field of that id, where the browser can. */
(() => {
  "use strict";

  for (const button of document.querySelectorAll("[data-copies]")) {
    const field = document.getElementById(button.dataset.copies);
    if (!field || !navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      field.select();
      await navigator.clipboard.writeText(field.value);
      const said = button.parentElement.querySelector("[data-copied]");
      if (said) said.textContent = said.dataset.copied;
    });
  }
})();
