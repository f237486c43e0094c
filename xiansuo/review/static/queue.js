// The queue by keyboard: j and k move from row to row, Enter opens the one in focus; filters open with f.
"use strict";
(() => {
  const links = () => [...document.querySelectorAll("[data-row] a.open")];

  function move(step) {
    const all = links();
    if (!all.length) return;
    const now = all.findIndex((one) => one.closest("[data-row]").contains(document.activeElement));
    const next = all[now < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, now + step))];
    next.focus({ preventScroll: true });
    next.closest("[data-row]").scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("click", (event) => {
    const mover = event.target.closest("[data-move]");
    if (mover) move(Number(mover.dataset.move));
    const filters = event.target.closest("#filters > summary");
    // The panel opens after this click; the first field takes the focus then.
    if (filters && !filters.parentElement.open) setTimeout(() => document.querySelector("#filter-form select")?.focus());
  });

  // The form shows what the address says after a filter was taken off beside the table.
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "board") document.getElementById("counts")?.replaceChildren();
  });
})();
