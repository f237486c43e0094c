// The bar under a clue: panels, drafts kept by the server, saving that is tried again with the same key until the server has said yes.
"use strict";
(() => {
  const token = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRF-Token"] || "";
  const bar = () => document.getElementById("decide");
  const form = () => document.getElementById("decide-form");
  const AGAIN = 2000, CALM = 700, POLL = 60000, ACTIVE = 300000;
  const words = () => JSON.parse(bar()?.dataset.words || "{}");
  let active = Date.now(), draftTimer = 0, drafting = null, saving = false, ready = null;

  function tell(sentence, trouble = false) {
    const kept = document.getElementById("kept");
    if (!kept) return;
    kept.textContent = sentence;
    kept.toggleAttribute("data-trouble", trouble);
  }

  const post = (path, body) => fetch(path, { method: "POST", body, headers: { "X-CSRF-Token": token(), "HX-Request": "true" }, redirect: "manual", credentials: "same-origin" });
  const pause = (time) => new Promise((done) => setTimeout(done, time));
  const fields = (filled) => new URLSearchParams([...filled].filter(([, value]) => typeof value === "string"));

  // Panels: one at a time; without script they all stand open.
  function openPanel(name) {
    document.querySelectorAll("#decide .panel").forEach((panel) => { panel.hidden = panel.id !== `panel-${name}`; });
    document.querySelectorAll("#decide [data-panel]").forEach((button) => button.setAttribute("aria-expanded", String(button.dataset.panel === name)));
    if (name === "later") document.getElementById("until")?.focus();
    if (name === "adding") marked();
  }

  function prepare() {
    if (!bar() || bar() === ready) return;
    ready = bar();
    openPanel("");
    choose();
  }

  function choose() {
    const chosen = document.querySelector("#decide [data-chosen]");
    if (!chosen) return;
    const labels = [...form().querySelectorAll("[name=labels]:checked")];
    chosen.textContent = labels.map((one) => one.dataset.name).join("、");
    document.querySelector("#decide [data-confirm]").disabled = !labels.length;
    const codes = labels.map((one) => one.value);
    document.querySelectorAll("[data-guideline]").forEach((one) => { if (codes.includes(one.dataset.guideline)) one.open = true; });
  }

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-panel]");
    if (!opener) return;
    openPanel(opener.getAttribute("aria-expanded") === "true" ? "" : opener.dataset.panel);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && bar()) openPanel("");
  });

  // Drafts: what is typed goes to the server a moment later; the page keeps it in the field meanwhile, the browser nowhere.
  function later() {
    clearTimeout(draftTimer);
    draftTimer = setTimeout(keep, CALM);
  }
  async function keep() {
    clearTimeout(draftTimer);
    if (!form() || saving) return;
    const sent = (drafting = fields(new FormData(form())));
    while (drafting === sent) {
      try {
        const answer = await post(`/clues/${bar().dataset.number}/draft`, sent);
        if (drafting !== sent) return;
        drafting = null;
        tell(answer.ok ? words().kept : words().refused, !answer.ok);
      } catch {
        tell(words().unkept, true);
        await pause(AGAIN);
      }
    }
  }
  document.addEventListener("input", (event) => {
    if (!event.target.closest("#decide-form")) return;
    choose();
    tell("");
    later();
  });

  // Saving: "saved" is said by the page that comes after, never by this one.
  async function save(sender, button) {
    if (saving) return;
    saving = true;
    drafting = null;
    clearTimeout(draftTimer);
    const body = fields(new FormData(sender));
    if (button?.name) body.append(button.name, button.value);
    const path = button?.getAttribute("formaction") || sender.getAttribute("action");
    document.querySelectorAll("#decide button").forEach((one) => { one.disabled = true; });
    for (let tries = 1; ; tries += 1) {
      tell(tries === 1 ? words().saving : words().retrying.replace("#", tries), tries > 1);
      try {
        const answer = await post(path, body);
        if (answer.status < 500) return settle(answer);
      } catch { /* no connection: the same key again */ }
      await pause(AGAIN);
    }
  }
  async function settle(answer) {
    const onward = answer.headers.get("HX-Redirect");
    if (onward) return location.assign(onward);
    saving = false;
    document.querySelectorAll("#decide button").forEach((one) => { one.disabled = false; });
    choose();
    tell(words().refused, true);
    const said = new DOMParser().parseFromString(await answer.text(), "text/html");
    const place = document.getElementById("decide-trouble") || bar();
    place.replaceChildren(...(said.querySelector("main .card, .not-saved") || said.body).cloneNode(true).childNodes);
    place.classList.add("notice", "bad");
    place.scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("submit", (event) => {
    const sender = event.target;
    const reason = sender.dataset.reason;
    if (reason) {
      const typed = document.querySelector(`#${reason} [name=note]`);
      sender.querySelector("[name=note]").value = typed.value;
      if (!typed.reportValidity()) { event.preventDefault(); typed.focus(); }
      return;
    }
    if (sender.hasAttribute("data-part")) {
      event.preventDefault();
      return void change(sender, event.submitter);
    }
    if (!sender.hasAttribute("data-retry")) return;
    event.preventDefault();
    save(sender, event.submitter);
  });

  // Marking text: the selection, or sentence by sentence with the arrow keys while the panel is open.
  const text = () => document.getElementById("text");
  let picked = null;
  function marked() {
    const shown = document.getElementById("marked"), adding = document.getElementById("add-form");
    if (!shown || !adding) return;
    shown.textContent = picked?.text.trim() || shown.dataset.empty;
    shown.classList.toggle("chosen", Boolean(picked));
    adding.letter.value = picked?.letter || "";
    adding.start.value = picked?.start ?? "";
    adding.end.value = picked?.end ?? "";
    adding.querySelectorAll("button").forEach((one) => { one.disabled = !picked; });
  }
  document.addEventListener("clue:selected", (event) => { picked = event.detail; marked(); });
  document.addEventListener("selectionchange", () => {
    const chosen = getSelection();
    if (picked && chosen.isCollapsed && text()?.contains(chosen.anchorNode)) { picked = null; marked(); }
  });

  function* letters() {
    const walker = document.createTreeWalker(text(), NodeFilter.SHOW_TEXT, (node) => (node.parentElement.closest(".run") ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_SKIP));
    for (let node = walker.nextNode(); node; node = walker.nextNode()) for (let at = 0; at < node.length; at += 1) yield [node, at];
  }
  function sentences() {
    const found = [];
    let start = null, last = null, block = null;
    const close = () => { if (start) found.push([start, last]); start = null; };
    for (const [node, at] of letters()) {
      const paragraph = node.parentElement.closest("p");
      if (block && paragraph !== block) close();
      block = paragraph;
      const sign = node.data[at];
      if (!start && /\s/.test(sign)) continue;
      start ||= [node, at];
      last = [node, at + 1];
      if (/[。！？!?；\n]/.test(sign)) close();
    }
    close();
    return found;
  }
  let first = -1, end = -1;
  function step(event, by) {
    const all = sentences();
    if (!all.length) return;
    event.preventDefault();
    end = Math.max(0, Math.min(all.length - 1, end + by));
    if (!event.shiftKey) first = end;
    const [low, high] = [Math.min(first, end), Math.max(first, end)];
    getSelection().setBaseAndExtent(...all[low][0], ...all[high][1]);
    // The browser tells of it a little later; a quick hand presses the category before that.
    document.dispatchEvent(new Event("selectionchange"));
    all[end][0][0].parentElement.scrollIntoView({ block: "center" });
  }
  document.addEventListener("keydown", (event) => {
    const panel = document.getElementById("panel-adding");
    if (!panel || panel.hidden || event.target.closest("textarea, select, input")) return;
    if (event.key === "ArrowDown") step(event, 1);
    if (event.key === "ArrowUp") step(event, -1);
  });

  // The lease lives as long as somebody does something here.
  ["keydown", "pointermove", "scroll"].forEach((one) => addEventListener(one, () => { active = Date.now(); }, { passive: true }));
  setInterval(async () => {
    if (!bar()?.hasAttribute("data-held") || Date.now() - active > ACTIVE) return;
    try {
      const answer = await post(`/clues/${bar().dataset.number}/lease`, new URLSearchParams());
      if (answer.ok) document.getElementById("decide-trouble").innerHTML = await answer.text();
    } catch { /* the next minute tries again */ }
  }, POLL);

  // A change of the allegations comes back as the whole bar; what is being typed goes to the server first, which then shows it.
  async function change(sender, button) {
    const body = fields(new FormData(sender));
    if (button?.name) body.append(button.name, button.value);
    await keep();
    try {
      const answer = await post(sender.getAttribute("action"), body);
      if (!answer.ok) return settle(answer);
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("decide");
      bar().replaceWith(fresh);
      prepare();
    } catch {
      tell(words().refused, true);
    }
  }
  addEventListener("beforeunload", (event) => { if (saving === false && drafting) event.preventDefault(); });
  prepare();
})();
