// What every page can do: keys press the buttons that show them, "?" lists them, dialogs open, a lost connection is said.
"use strict";
(() => {
  const typing = (element) => element.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  const pressable = () => [...document.querySelectorAll("[data-key]")].filter((one) => one.offsetParent !== null && !one.disabled);

  function inDialog() {
    const open = [...document.querySelectorAll("dialog[open]")].at(-1);
    return open ? (one) => open.contains(one) : (one) => !one.closest("dialog");
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (typing(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.key === "?") return listKeys(event);
    const target = pressable().filter(inDialog()).find((one) => one.dataset.key.split(" ").includes(event.key));
    if (!target) return;
    event.preventDefault();
    target.matches("input, select, textarea, details") ? target.focus() : target.click();
  });

  function listKeys(event) {
    const dialog = document.getElementById("keys"), list = document.getElementById("key-list");
    if (!dialog || dialog.open) return;
    event?.preventDefault();
    list.replaceChildren(...pressable().filter((one) => !one.closest("dialog")).flatMap(line));
    dialog.showModal();
  }

  function line(one) {
    const key = document.createElement("dt"), meaning = document.createElement("dd"), cap = document.createElement("kbd");
    cap.textContent = one.dataset.key.split(" ").join(" / ");
    key.append(cap);
    const clone = one.cloneNode(true);
    clone.querySelectorAll?.("kbd").forEach((inner) => inner.remove());
    meaning.textContent = one.dataset.keyName || one.getAttribute("aria-label") || clone.textContent.trim() || one.placeholder || "";
    return [key, meaning];
  }

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener?.dataset.dialog === "keys") return listKeys(event);
    if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
    document.querySelectorAll("details.me[open]").forEach((one) => { if (!one.contains(event.target)) one.open = false; });
  });

  // A form sent twice by an impatient hand is sent once; the server would not do it twice either.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 4000);
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });

  const offline = (is) => { const bar = document.getElementById("offline"); if (bar) bar.hidden = !is; };
  addEventListener("offline", () => offline(true));
  addEventListener("online", () => offline(false));
  document.addEventListener("htmx:sendError", () => offline(true));
  document.addEventListener("htmx:afterOnLoad", () => offline(false));
  // An answer with a sentence for people is shown also when it says no.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if ([400, 403, 404, 409].includes(event.detail.xhr.status)) { event.detail.shouldSwap = true; event.detail.isError = false; }
  });
})();
