/* Push messages: this browser is asked for a subscription, and the server is told of it. */
(() => {
  "use strict";

  const part = document.querySelector("[data-key][data-worker]");
  if (!part) return;
  const { key, worker, add } = part.dataset;
  const button = part.querySelector("[data-push-on]");
  const says = part.querySelector("[data-push-says]");
  const say = (word) => {
    says.textContent = part.querySelector(`[data-push-word="${word}"]`).content.textContent;
  };
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
  const same = (one, other) => one && other.length === one.byteLength && other.every((byte, i) => byte === new Uint8Array(one)[i]);

  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) {
    say("unable");
    return;
  }

  async function subscription() {
    const registration = await navigator.serviceWorker.getRegistration(worker);
    return (await registration?.pushManager.getSubscription()) ?? null;
  }

  async function subscribe() {
    if ((await Notification.requestPermission()) !== "granted") return say("denied");
    await navigator.serviceWorker.register(worker);
    const { pushManager } = await navigator.serviceWorker.ready;
    const old = await pushManager.getSubscription();
    if (old && !same(old.options.applicationServerKey, bytes(key))) await old.unsubscribe();
    const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
    const { endpoint, keys } = made.toJSON();
    const sent = new URLSearchParams({
      endpoint,
      key: keys.p256dh,
      secret: keys.auth,
      csrfmiddlewaretoken: part.querySelector("[name=csrfmiddlewaretoken]").value,
    });
    const answer = await fetch(add, { method: "POST", body: sent });
    if (answer.ok) location.reload();
    else say("failed");
  }

  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await subscribe();
    } catch {
      say("failed");
    }
    button.disabled = false;
  });

  /* Whoever removes this browser from the list also ends its subscription here. */
  document.addEventListener("submit", async (event) => {
    const mark = event.target.closest("li")?.querySelector("[data-this-browser]:not([hidden])");
    if (mark) (await subscription())?.unsubscribe();
  });

  subscription().then((current) => {
    const mark = [...document.querySelectorAll("[data-this-browser]")].find(
      (each) => each.dataset.thisBrowser === current?.endpoint,
    );
    if (mark) mark.hidden = false;
    button.hidden = Boolean(mark);
  }, () => say("unable"));
})();
