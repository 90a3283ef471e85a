/* Writing down what is said: <form data-quick> is sent with Ctrl + Enter. */
(() => {
  "use strict";

  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("form[data-quick]");
    if (!form || event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
})();
