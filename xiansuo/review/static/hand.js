// Prints the list of a hand-over batch.
"use strict";
document.getElementById("print")?.addEventListener("click", () => print());
