// A small menu under a button: arrow keys, Escape, click outside.
import { h } from "./dom.js";

export function menu(anchor, items) {
  document.querySelector(".menu")?.remove();
  const box = h("div", { class: "menu", role: "menu" }, items.map((item) =>
    h("button", { role: "menuitem", type: "button", onclick: () => { close(); item.pick(); } }, item.label, item.note ? h("small", {}, item.note) : null)));
  const close = () => { box.remove(); document.removeEventListener("pointerdown", outside); };
  const outside = (e) => { if (!box.contains(e.target)) close(); };
  box.addEventListener("keydown", (e) => {
    const all = [...box.children];
    const at = all.indexOf(document.activeElement);
    if (e.key === "Escape") { close(); anchor.focus(); }
    if (e.key === "ArrowDown") { e.preventDefault(); all[(at + 1) % all.length].focus(); }
    if (e.key === "ArrowUp") { e.preventDefault(); all[(at - 1 + all.length) % all.length].focus(); }
  });
  (anchor.closest("dialog") ?? document.body).append(box);
  const place = anchor.getBoundingClientRect();
  const top = place.bottom + box.offsetHeight + 8 > window.innerHeight ? place.top - box.offsetHeight - 4 : place.bottom + 4;
  box.style.top = `${Math.max(8, top)}px`;
  box.style.left = `${Math.max(8, Math.min(place.left, window.innerWidth - box.offsetWidth - 8))}px`;
  box.firstElementChild?.focus();
  setTimeout(() => document.addEventListener("pointerdown", outside));
}
