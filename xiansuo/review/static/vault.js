// The vault window closes by itself: when its time is over it is emptied first, also where the connection is lost.
"use strict";
(() => {
  const bar = document.querySelector("[data-window]"), secret = document.querySelector("[data-secret]");
  if (!bar || !secret) return;
  const end = Date.now() + Number(bar.dataset.window) * 1000;
  const shown = bar.querySelector("[data-remaining]");

  function close() {
    secret.replaceChildren();
    location.replace(bar.dataset.after);
  }

  function tick() {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left <= 0) return close();
    shown.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    setTimeout(tick, 500);
  }

  addEventListener("pagehide", () => secret.replaceChildren());
  tick();
})();
