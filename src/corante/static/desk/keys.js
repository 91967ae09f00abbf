/* Keys of the desk. Everything here presses something that stands on the page: without this file nothing is lost.
   A row is [data-row]; a thing to press says its key in data-key; the row in focus is asked first, then the page. */
(() => {
  "use strict";
  const single = document.body.hasAttribute("data-keys");
  const help = document.getElementById("keys");
  const opener = document.querySelector("[data-help]");
  const rows = () => [...document.querySelectorAll("[data-rows] > [data-row]")];
  const current = () => document.activeElement && document.activeElement.closest("[data-row]");
  let last = 0;

  const openHelp = () => help && !help.open && help.showModal();
  if (opener && single) {
    opener.hidden = false;
    opener.addEventListener("click", openHelp);
  }

  const move = (by) => {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(current());
    last = at < 0 ? (by > 0 ? Math.min(last, all.length - 1) : last) : Math.max(0, Math.min(all.length - 1, at + by));
    all[last].focus();
    all[last].scrollIntoView({ block: "nearest" });
  };

  const press = (key) => {
    const wanted = `[data-key="${CSS.escape(key)}"]`;
    const row = current() || (rows().length ? null : document.querySelector("[data-row]"));
    const found = (row && row.querySelector(wanted)) || document.querySelector(`#notes ${wanted}, .mast ${wanted}`);
    if (!found) return false;
    if (found.matches("input[type=search]")) found.focus();
    else found.click();
    return true;
  };

  const typing = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog");

  document.addEventListener("keydown", (event) => {
    if (!single || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (typing(event.target)) return;
    if (event.key === "j" || event.key === "k") move(event.key === "j" ? 1 : -1);
    else if (event.key === "?") openHelp();
    else if (event.key.length !== 1 || !press(event.key)) return;
    event.preventDefault();
  });

  /* A row that was swapped keeps the focus, so that j goes on from it and u undoes it. */
  document.addEventListener("htmx:beforeSwap", (event) => {
    const at = rows().indexOf(event.detail.target);
    if (at >= 0) last = at;
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const all = rows();
    if (event.detail.target && event.detail.target.matches && all.length && all[last] && event.detail.elt.closest("[data-rows]")) all[last].focus();
  });
  document.addEventListener("htmx:responseError", (event) => {
    const note = document.createElement("div");
    note.className = "note error";
    note.setAttribute("role", "alert");
    note.textContent = `That did not work (${event.detail.xhr.status}). Reload the page and try again.`;
    document.getElementById("notes").replaceChildren(note);
  });
})();
