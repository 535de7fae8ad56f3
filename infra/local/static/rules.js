// The rules: the owner's file, checked while typing, saved to disk and live.
import { api, fail, h, toast } from "./dom.js";

export function rulesPanel(root) {
  const area = h("textarea", { class: "code", spellcheck: "false", "aria-label": "rules.yml", wrap: "off" });
  const gutter = h("pre", { class: "gutter", "aria-hidden": "true" });
  const faults = h("ul", { class: "faults", "aria-live": "polite" });
  const path = h("p", { class: "soft small" });
  const save = h("button", { class: "button primary", onclick: () => store() }, "Save");
  const status = h("span", { class: "soft" });
  root.append(h("div", { class: "col rules" }, h("header", { class: "bar" }, h("div", {}, h("h2", {}, "Rules"), path), h("div", { class: "row" }, status, save)),
    h("div", { class: "editor" }, gutter, area), faults));
  let kept = null;
  let timer = 0;

  function lines(found = []) {
    const bad = new Set(found.map((f) => f.line));
    const count = area.value.split("\n").length;
    gutter.replaceChildren(...Array.from({ length: count }, (_, n) => h("span", { class: bad.has(n + 1) ? "bad" : "" }, `${n + 1}\n`)));
    gutter.scrollTop = area.scrollTop;
  }

  function show(found) {
    lines(found);
    faults.replaceChildren(...found.map((f) => h("li", {}, h("button", { class: "plain", onclick: () => jump(f.line) }, `Line ${f.line}, column ${f.column}`), " ", f.message)));
    faults.hidden = !found.length;
  }

  function jump(line) {
    const before = area.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    area.focus();
    area.setSelectionRange(before, before + (area.value.split("\n")[line - 1] ?? "").length);
    area.scrollTop = (line - 6) * 20;
  }

  const dirty = () => kept && area.value !== kept.text;

  async function check() {
    try {
      const { faults: found } = await api("rules/check", { text: area.value });
      show(found);
      status.textContent = !dirty() ? (found.length ? "Refused; the last good rules are live" : "Live") : found.length ? `${found.length} to fix` : "Fine. Save to make it live";
    } catch (error) { fail(error); }
  }

  async function store() {
    try {
      const { faults: found } = await api("rules", { text: area.value });
      kept = { ...kept, text: area.value };
      show(found);
      status.textContent = found.length ? "Refused; the last good rules are live" : "Live";
      toast(found.length ? "Saved, but not used: the last good rules stay live. A card in Slack says why." : "Saved. These rules are live.", found.length ? "bad" : "good");
    } catch (error) { fail(error); }
  }

  area.addEventListener("input", () => { lines(); clearTimeout(timer); timer = setTimeout(check, 400); });
  area.addEventListener("scroll", () => { gutter.scrollTop = area.scrollTop; });
  area.addEventListener("keydown", (e) => {
    if ((e.ctrlKey || e.metaKey) && e.key === "s") { e.preventDefault(); store(); }
  });

  return {
    async refresh() {
      const fresh = await api("rules");
      if (kept && fresh.version === kept.version) return;
      const edited = dirty();
      kept = fresh;
      path.textContent = fresh.path;
      if (!edited) { area.value = fresh.text; check(); }
      else status.textContent = "The file has changed on disk; saving replaces it";
    },
  };
}
