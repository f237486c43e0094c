// The tree of units: typing shows the units whose names hold what was typed.
"use strict";
document.addEventListener("input", (event) => {
  const filter = event.target.closest(".picker-filter");
  if (!filter) return;
  for (const line of filter.closest(".picker").querySelectorAll(".picker-list label")) {
    line.hidden = !line.textContent.includes(filter.value.trim()) && !line.querySelector("input").checked;
  }
});
