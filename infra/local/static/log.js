// The log: events with their deliveries, and every call over the wire.
import { api, fail, h, toast } from "./dom.js";

const VIEWS = { all: "Everything", events: "Events", calls: "Calls", failed: "Failed" };

export function logPanel(root) {
  const list = h("div", { class: "log" });
  let view = "all";
  let data = null;
  let said = "";
  const opened = new Set();
  const tabs = h("div", { class: "s-tabs" }, Object.entries(VIEWS).map(([id, label]) => h("button", { "aria-pressed": String(id === view), data: { view: id }, onclick: () => { view = id; for (const t of tabs.children) t.setAttribute("aria-pressed", String(t.dataset.view === id)); draw(); } }, label)));
  root.append(h("div", { class: "col" }, h("header", { class: "bar" }, h("h2", {}, "Log"), tabs), list));

  const stateWord = { done: "delivered", waiting: "waiting", running: "running", dead: "dead letter" };

  function entry(key, kind, head, body) {
    const node = h("details", { class: `entry ${kind}`, open: opened.has(key) }, h("summary", {}, head));
    const fill = () => { if (node.open && node.children.length === 1) node.append(h("div", { class: "entry-body" }, body())); };
    node.addEventListener("toggle", () => { if (node.open) opened.add(key); else opened.delete(key); fill(); });
    fill();
    return node;
  }

  function event(e) {
    const bad = e.deliveries.some((d) => d.state === "dead");
    const trying = e.deliveries.some((d) => d.state === "waiting" && d.attempts);
    return entry("e" + e.id + e.kind, bad ? "bad" : trying ? "warn" : "",
      [h("time", {}, e.when.split(", ")[1]), h("b", {}, e.kind), h("span", { class: "pills" }, e.deliveries.map((d) => h("span", { class: `pill ${d.state}`, title: `${stateWord[d.state]}, ${d.attempts} attempt(s)` }, d.function, d.attempts > 1 ? ` ×${d.attempts}` : "")))],
      () => [e.deliveries.filter((d) => d.error).map((d) => h("div", {}, h("p", {}, h("b", {}, d.function), ` ${stateWord[d.state]} after ${d.attempts} attempt(s)`, d.state === "dead" ? h("button", { class: "button", onclick: () => retry(d.id) }, "Deliver again") : null), h("pre", { class: "bad" }, d.error))),
        h("pre", {}, JSON.stringify(e.payload, null, 2))]);
  }

  function call(c) {
    const arrow = { slack: "Slack → Frontdesk", "slack api": "Frontdesk → Slack", google: "Frontdesk → Google", site: "Customer → Frontdesk", deliver: "Background" }[c.direction] ?? c.direction;
    return entry("c" + c.id, c.ok ? "call" : "call bad", [h("time", {}, c.when.split(", ")[1]), h("b", {}, c.name), h("span", { class: "soft" }, arrow), h("span", { class: `pill ${c.milliseconds > 1000 ? "waiting" : ""}` }, `${c.milliseconds} ms`)],
      () => [c.request ? h("pre", {}, tidy(c.request)) : null, c.response ? h("pre", { class: c.ok ? "" : "bad" }, tidy(c.response)) : null]);
  }

  function tidy(text) {
    if (text.startsWith("payload=") || /^[a-z_]+=/.test(text)) {
      const fields = Object.fromEntries(new URLSearchParams(text));
      if (fields.payload) try { return JSON.stringify(JSON.parse(fields.payload), null, 2); } catch { /* cut short */ }
      return JSON.stringify(fields, null, 2);
    }
    try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
  }

  async function retry(id) {
    try { await api("log/retry", { id }); toast("On its way again."); } catch (error) { fail(error); }
  }

  function draw() {
    const failed = view === "failed";
    const events = view === "calls" ? [] : data.events.filter((e) => !failed || e.deliveries.some((d) => d.error)).map((e) => [e.at, 1, event(e)]);
    const calls = view === "events" ? [] : data.calls.filter((c) => !failed || !c.ok).map((c) => [c.at, 0, call(c)]);
    const all = [...events, ...calls].sort((a, b) => b[0] - a[0] || b[1] - a[1]).slice(0, 300);
    list.replaceChildren(...(all.length ? all.map((x) => x[2]) : [h("div", { class: "empty" }, h("p", {}, failed ? "Nothing has failed." : "Nothing yet."))]));
  }

  return {
    async refresh() {
      data = await api("log");
      const text = JSON.stringify(data);
      if (text !== said) { said = text; draw(); }
    },
  };
}
