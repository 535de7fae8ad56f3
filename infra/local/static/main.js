// The page: tabs, the clock, the first steps, and one pulse that tells the open panel when there is news.
import { api, fail, h, icon, memory, toast } from "./dom.js";
import { slackPanel } from "./slack.js";
import { mailPanel } from "./mail.js";
import { phonePanel } from "./phone.js";
import { calendarPanel } from "./calendar.js";
import { sheetPanel } from "./sheet.js";
import { rulesPanel } from "./rules.js";
import { logPanel } from "./log.js";

const PANELS = [
  ["slack", "Slack", slackPanel],
  ["mail", "Mailbox", mailPanel],
  ["phone", "Phone", phonePanel],
  ["calendar", "Calendar", calendarPanel],
  ["sheet", "Sheet", sheetPanel],
  ["form", "Web form", null],
  ["rules", "Rules", rulesPanel],
  ["log", "Log", logPanel],
];
const byId = (id) => document.getElementById(id);
const state = { pulse: null, panel: null, name: "", version: "" };

function buildTabs() {
  byId("tabs").append(...PANELS.map(([name, label, panel]) =>
    h("a", panel ? { href: `#${name}`, data: { tab: name } } : { href: "/forms/book", target: "_blank", data: { tab: name }, title: "Opens the customers' booking form" },
      icon(name), h("span", {}, label), h("b", { class: "badge", hidden: true }))));
}

function route() {
  if (window.innerWidth <= 900) toggleSteps(false, false); // they cover the panel on a phone
  const [name, ...rest] = location.hash.slice(1).split("/");
  const found = PANELS.find(([n, , panel]) => n === name && panel) ?? PANELS[0];
  const argument = found[0] === name ? decodeURIComponent(rest.join("/")) : "";
  if (state.name !== found[0]) {
    state.panel?.leave?.();
    state.name = found[0];
    byId("panel").replaceChildren();
    byId("panel").dataset.panel = found[0];
    state.panel = found[2](byId("panel"));
    document.title = `${found[1]} · Frontdesk workspace`;
  }
  for (const tab of document.querySelectorAll("#tabs a")) {
    if (tab.dataset.tab === found[0]) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  state.panel.show?.(argument);
  refresh();
  if (state.pulse) showBadges();
}

function refresh() {
  markSeen();
  return Promise.resolve(state.panel.refresh(state.pulse)).catch(fail);
}

function markSeen() {
  if (state.pulse && state.name in state.pulse.counts) memory.set(`seen.${state.name}`, String(state.pulse.counts[state.name]));
}

function showBadges() {
  for (const [name, count] of Object.entries(state.pulse.counts)) {
    const badge = document.querySelector(`#tabs a[data-tab="${name}"] .badge`);
    let seen = Number(memory.get(`seen.${name}`, "-1"));
    if (seen < 0 || seen > count) { memory.set(`seen.${name}`, String(count)); seen = count; }
    badge.hidden = seen >= count || state.name === name;
    badge.textContent = String(count - seen);
    badge.setAttribute("aria-label", `${count - seen} new`);
  }
}

let failures = 0;
async function pulse() {
  try {
    const news = await api("pulse");
    if (failures > 3) toast("Back again.");
    failures = 0;
    const changed = news.version !== state.pulse?.version;
    const minute = news.clock.time !== state.pulse?.clock.time;
    state.pulse = news;
    byId("clock-time").textContent = news.clock.time;
    byId("clock-date").textContent = news.clock.date;
    // A real Slack or Google has a page of its own.
    document.querySelector('#tabs a[data-tab="slack"]').hidden = !news.stand_ins.slack;
    for (const tab of ["calendar", "sheet"]) document.querySelector(`#tabs a[data-tab="${tab}"]`).hidden = !news.stand_ins.google;
    byId("business").textContent = news.business;
    if (changed || minute) {
      showSteps();
      showBadges();
      await refresh();
    }
  } catch (error) {
    failures += 1;
    if (failures === 4) fail(error);
  }
  setTimeout(pulse, document.hidden ? 3000 : 500);
}

// --- first steps ---

let stepsShown = "";
function showSteps() {
  const steps = state.pulse.steps;
  const said = JSON.stringify(steps);
  if (said === stepsShown) return;
  const before = stepsShown ? JSON.parse(stepsShown) : steps;
  stepsShown = said;
  for (const [n, step] of steps.entries()) if (step.done && !before[n].done) toast(`✓ ${step.title}`, "good");
  const done = steps.filter((s) => s.done).length;
  const next = steps.find((s) => !s.done);
  byId("steps-count").textContent = `First steps ${done}/${steps.length}`;
  byId("steps").replaceChildren(
    h("h2", {}, "First steps"),
    h("p", { class: "soft" }, done === steps.length ? "That was the whole story. Everything you saw is the real product; only Slack, Google, mail and texts are played by this page." : "Meet the product in five minutes. Each step ticks itself off."),
    h("ol", {}, steps.map((step, n) => h("li", { class: step.done ? "done" : step === next ? "next" : "" },
      h("span", { class: "tick", "aria-hidden": "true" }, step.done ? icon("check") : String(n + 1)),
      h("div", {}, h("a", { href: `#${step.panel}` }, step.title, step.done ? h("span", { class: "hidden" }, " (done)") : null), step.done ? null : h("p", {}, step.how))))),
    h("p", { class: "soft small" }, "Also worth a look: ", h("a", { href: "/forms/book", target: "_blank" }, "the booking form"), ", ", h("a", { href: "#rules" }, "your rules"), ", or move the clock and see reminders leave."),
  );
}

function toggleSteps(open, remember = true) {
  document.body.classList.toggle("with-steps", open);
  byId("steps-toggle").setAttribute("aria-expanded", String(open));
  if (remember) memory.set("steps", open ? "open" : "closed");
}

// --- clock ---

function buildClock() {
  const until = h("input", { type: "datetime-local", "aria-label": "Until" });
  const move = async (body) => {
    try { await api("clock", body); toast("The clock has moved. Reminders and expiries that were due happen now."); }
    catch (error) { fail(error); }
  };
  byId("clock").append(
    h("h2", {}, "The business's clock"),
    h("p", { class: "soft" }, "It runs on its own and only goes forward."),
    h("div", { class: "row" }, [["+15 min", 900], ["+1 h", 3600], ["+1 day", 86400]].map(([label, seconds]) =>
      h("button", { class: "button", onclick: () => move({ advance: seconds }) }, label))),
    h("form", { class: "row", novalidate: true, onsubmit: (e) => { e.preventDefault(); move({ until: until.value }); } }, until, h("button", { class: "button" }, "Move there")),
  );
  const toggle = byId("clock-toggle");
  const set = (open) => {
    byId("clock").hidden = !open;
    toggle.setAttribute("aria-expanded", String(open));
    if (open && state.pulse) { until.value = until.min = state.pulse.clock.iso; byId("clock").querySelector("button").focus(); }
  };
  toggle.addEventListener("click", () => set(byId("clock").hidden));
  document.addEventListener("keydown", (e) => { if (e.key === "Escape" && !byId("clock").hidden) { set(false); toggle.focus(); } });
  document.addEventListener("click", (e) => { if (!byId("clock").hidden && !byId("clock").contains(e.target) && !toggle.contains(e.target)) set(false); });
}

buildTabs();
buildClock();
if (window.innerWidth > 900) toggleSteps(memory.get("steps", window.innerWidth > 1100 ? "open" : "closed") === "open", false);
byId("steps-toggle").addEventListener("click", () => toggleSteps(!document.body.classList.contains("with-steps")));
window.addEventListener("hashchange", route);
route();
pulse();
