// The clue page: reasons on hover and focus, from card to text and back, marks by category, the place of a selection.
"use strict";
(() => {
  const text = document.getElementById("text"), tip = document.getElementById("tip");
  if (!text) return;
  const hidden = new Set();
  const list = (value) => (value || "").trim().split(/\s+/).filter(Boolean);

  // Marks take the colour of the first of their categories that is switched on.
  function paint() {
    text.querySelectorAll("mark.run").forEach((mark) => {
      const on = list(mark.dataset.c).filter((one) => !hidden.has(one));
      mark.className = mark.className.replace(/ (tint-\S+|off|one)/g, "");
      mark.classList.add(on.length ? `tint-${on[0]}` : "off");
      if (on.length < 2) mark.classList.add("one");
    });
    text.classList.toggle("no-entities", hidden.has("entities"));
    text.classList.toggle("no-asides", hidden.has("asides"));
  }
  document.addEventListener("change", (event) => {
    const name = event.target.dataset?.toggle;
    if (!name) return;
    event.target.checked ? hidden.delete(name) : hidden.add(name);
    paint();
  });
  paint();

  function sentences(run) {
    const lines = [];
    const start = Number(run.dataset.start), end = start + [...run.textContent].length;
    list(run.dataset.a).forEach((number) => {
      const all = [...document.querySelectorAll(`#why-${number} li`)];
      const here = all.filter((one) => Number(one.dataset.from) < end && Number(one.dataset.to) > start);
      (here.length ? here : all).forEach((one) => lines.push([number, one.firstChild.textContent.trim(), one.querySelector("span").textContent]));
    });
    if (run.dataset.said) lines.push(["", run.dataset.said, ""]);
    return lines;
  }

  function show(run) {
    const lines = sentences(run);
    if (!lines.length) return hide();
    tip.replaceChildren(...lines.map(([number, sentence, from]) => {
      const line = document.createElement("p"), source = document.createElement("span");
      line.textContent = `${number ? `${number}  ` : ""}${sentence} `;
      source.textContent = from;
      source.className = "from";
      line.append(source);
      return line;
    }));
    tip.hidden = false;
    const box = run.getClientRects()[0], size = tip.getBoundingClientRect();
    const above = box.top - size.height - 8 > 60;
    tip.style.left = `${Math.max(8, Math.min(box.left, innerWidth - size.width - 8)) + scrollX}px`;
    tip.style.top = `${(above ? box.top - size.height - 8 : run.getBoundingClientRect().bottom + 8) + scrollY}px`;
  }
  const hide = () => { tip.hidden = true; };
  document.body.append(tip);
  text.addEventListener("mouseover", (event) => { const run = event.target.closest(".run"); run ? show(run) : hide(); });
  text.addEventListener("mouseleave", hide);
  text.addEventListener("focusin", (event) => { const run = event.target.closest(".run"); if (run) show(run); });
  text.addEventListener("focusout", hide);
  addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });

  function light(elements) {
    document.querySelectorAll(".lit").forEach((one) => one.classList.remove("lit"));
    elements.forEach((one) => one.classList.add("lit"));
    for (let fold = elements[0]?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    elements[0]?.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
  }
  const runAt = (place) => [...text.querySelectorAll(".run")].filter((one) => Number(one.dataset.start) <= place).at(-1);

  document.addEventListener("click", (event) => {
    const card = event.target.closest("[data-card]"), pin = event.target.closest("[data-pin]"), go = event.target.closest("[data-go]");
    if (card) {
      event.preventDefault();
      light([...text.querySelectorAll("mark.run")].filter((one) => list(one.dataset.a).includes(card.dataset.card)));
      document.getElementById(`at-${card.dataset.card}`)?.focus({ preventScroll: true });
    } else if (pin) {
      event.preventDefault();
      const target = document.getElementById(`card-${pin.dataset.pin}`);
      light([target]);
      target.focus({ preventScroll: true });
    } else if (go) {
      const run = runAt(Number(go.dataset.go));
      if (run) light([run]);
    }
  });

  // Where a selection lies in the stored text, in characters as the server counts them: `clue:selected` with {letter, start, end, text}.
  function place(node, offset) {
    const run = (node.nodeType === 3 ? node.parentElement : node).closest(".run");
    if (!run || !text.contains(run)) return null;
    if (node.nodeType !== 3) return Number(run.dataset.start) + (offset ? [...run.textContent].length : 0);
    return Number(run.dataset.start) + [...node.data.slice(0, offset)].length;
  }
  document.addEventListener("selectionchange", () => {
    const chosen = getSelection();
    if (!chosen.rangeCount || chosen.isCollapsed || !text.contains(chosen.anchorNode)) return;
    const range = chosen.getRangeAt(0);
    const start = place(range.startContainer, range.startOffset), end = place(range.endContainer, range.endOffset);
    if (start === null || end === null || end <= start) return;
    const detail = { letter: text.dataset.letter, start, end, text: chosen.toString() };
    text.dispatchEvent(new CustomEvent("clue:selected", { bubbles: true, detail }));
  });
  if (location.hash.startsWith("#at-") || location.hash.startsWith("#card-")) document.querySelector(location.hash)?.scrollIntoView({ block: "center" });
})();
