// The local Slack: sidebar, messages, App Home, composer.
import { api, avatar, dialog, fail, h, icon, memory, toast } from "./dom.js";
import { renderBlocks, stateOf } from "./blocks.js";
import { emoji, mrkdwn } from "./mrkdwn.js";
import { menu } from "./menu.js";
import { Modals } from "./modal.js";

export function slackPanel(root) {
  return new Slack(root);
}

class Slack {
  constructor(root) {
    this.user = memory.get("slack.user");
    this.channel = memory.get("slack.channel");
    this.tab = "messages";
    this.values = {}; // ts -> state of the inputs in a message
    this.drawn = { side: "", head: "", list: "", messages: new Map() };
    this.side = h("div", { class: "s-side" });
    this.head = h("div", { class: "s-head" });
    this.list = h("div", { class: "s-list", role: "log", "aria-label": "Messages", tabindex: "0" });
    this.composer = this.buildComposer();
    root.append(h("div", { class: "slack" }, this.side, h("div", { class: "s-body" }, this.head, this.list, this.composer)));
    this.modals = new Modals((act, body) => this.act(act, body), () => this.names());
  }

  leave() { this.modals.clear(); }

  show(argument) {
    const [channel] = argument.split("/");
    if (channel && channel !== this.channel) this.go(channel);
  }

  async refresh(pulse) {
    const first = !this.data;
    const { user, channel } = this;
    const data = await api(`slack?user=${encodeURIComponent(user)}&channel=${encodeURIComponent(channel)}`);
    if (user !== this.user || channel !== this.channel) return; // somebody went elsewhere meanwhile: that asks anew
    this.data = data;
    this.user = data.user;
    this.channel = data.channel;
    this.errors = pulse?.slack_errors ?? this.errors ?? 0;
    this.drawSide();
    this.drawHead();
    this.drawList();
    this.modals.draw(data.views);
    if (first) this.suggest(); // somebody may have typed already
  }

  names() {
    const people = Object.fromEntries(this.data.people.map((p) => [p.id, p.name]));
    return { people: { ...people, [this.data.bot]: "Frontdesk", USLACKBOT: "Slackbot" }, channels: Object.fromEntries(this.data.channels.filter((c) => !c.im).map((c) => [c.id, c.name])), zone: this.data.zone };
  }

  async act(act, body) {
    try {
      const answer = await api(`slack/${act}`, { user: this.user, ...body });
      if (answer.problem) toast(answer.problem, "bad");
      await this.refresh();
      return answer;
    } catch (error) {
      fail(error);
      return { ok: false, problem: error.message };
    }
  }

  go(channel, tab = "messages") {
    this.channel = channel;
    this.tab = tab;
    memory.set("slack.channel", channel);
    this.drawn.messages.clear();
    this.list.replaceChildren();
    this.drawn.list = "";
    if (tab === "home") this.act("home", { tab: "home" });
    else this.refresh().catch(fail);
  }

  actAs(user) {
    this.user = user;
    memory.set("slack.user", user);
    const here = this.data.channels.find((c) => c.id === this.channel);
    this.go(here?.im ? "D" + user.slice(1) : this.channel, this.tab);
  }

  // --- sidebar and head ---

  drawSide() {
    const said = JSON.stringify([this.data.people, this.data.channels, this.user, this.channel, this.tab, this.errors, memory.get("slack.errors")]);
    if (said === this.drawn.side) return;
    this.drawn.side = said;
    const fresh = this.errors - Number(memory.get("slack.errors", "0"));
    const im = this.data.channels.find((c) => c.im);
    const item = (label, channel, tab, mark) => h("button", { class: "s-item", "aria-current": this.channel === channel && (this.tab === tab) ? "true" : null, onclick: () => this.go(channel, tab) }, h("span", { "aria-hidden": "true" }, mark), label);
    this.side.replaceChildren(
      h("div", { class: "s-team" }, h("strong", {}, this.data.team), h("span", {}, "local Slack")),
      h("label", { class: "s-as" }, h("span", {}, "Acting as"),
        h("select", { "aria-label": "Acting as", onchange: (e) => this.actAs(e.target.value) }, this.data.people.map((p) => h("option", { value: p.id, selected: p.id === this.user }, `${p.name} · ${p.role || "not on the team"}`)))),
      h("div", { class: "s-nav" },
        h("h3", {}, "Channels"), this.data.channels.filter((c) => !c.im).map((c) => item(c.name, c.id, "messages", "#")),
        h("h3", {}, "Apps"), item(this.data.messages_tab ? "Frontdesk · Home" : "Frontdesk", im.id, "home", "⌂"), this.data.messages_tab ? item("Frontdesk · Messages", im.id, "messages", "✉") : [],
        h("h3", {}, "What broke"),
        h("button", { class: `s-item ${fresh > 0 ? "alarm" : ""}`, onclick: () => this.showErrors() }, h("span", { "aria-hidden": "true" }, "!"), this.errors ? `${fresh > 0 ? `${fresh} new ` : ""}refused call${fresh === 1 ? "" : "s"}` : "Nothing refused")),
    );
  }

  drawHead() {
    const place = this.data.channels.find((c) => c.id === this.channel);
    const said = JSON.stringify([place, this.tab, this.data.shortcuts]);
    if (said === this.drawn.head) return;
    this.drawn.head = said;
    const tab = (name, label) => h("button", { "aria-pressed": String(this.tab === name), onclick: () => this.go(this.channel, name) }, label);
    this.head.replaceChildren(
      h("h2", {}, place.im ? "Frontdesk" : `# ${place.name}`),
      place.im ? h("div", { class: "s-tabs" }, tab("home", "Home"), this.data.messages_tab ? tab("messages", "Messages") : []) : h("span", { class: "soft" }, "Cards for the team appear here"));
    this.composer.hidden = this.tab === "home";
  }

  async showErrors() {
    memory.set("slack.errors", String(this.errors));
    const { errors } = await api("slack/errors");
    this.drawSide();
    await dialog("What broke", (close) => h("div", { class: "wide" }, h("header", {}, h("h2", {}, "What broke"), h("button", { class: "plain", "aria-label": "Close", onclick: () => close(null) }, "✕")),
      h("p", { class: "soft" }, errors.length ? "Calls and answers that Slack would have refused, newest first." : "Nothing: every call was one that Slack accepts."),
      errors.map((e) => h("details", { class: "fault" }, h("summary", {}, h("b", {}, e.method), " ", h("code", {}, e.error), e.messages.map((m) => h("div", {}, m))), h("pre", {}, pretty(e.payload))))));
  }

  // --- messages and Home ---

  drawList() {
    if (this.tab === "home") { this.drawHome(); return; }
    const atEnd = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 60;
    const names = this.names();
    const seen = new Set();
    let last = null;
    let grew = false;
    if (!this.data.messages.length) {
      if (this.drawn.list !== "empty") this.list.replaceChildren(h("div", { class: "empty" }, h("h3", {}, "Nothing here yet"), h("p", {}, "When a customer writes, a card appears here. Try the Mailbox, or type /book below.")));
      this.drawn.list = "empty";
      return;
    }
    if (this.drawn.list !== "messages") { this.list.replaceChildren(); this.drawn.messages.clear(); this.drawn.list = "messages"; }
    for (const message of this.data.messages) {
      seen.add(message.ts);
      const said = JSON.stringify([message, names, this.data.shortcuts.length]);
      let held = this.drawn.messages.get(message.ts);
      if (!held || held.said !== said) {
        const node = this.message(message, names);
        if (held) held.node.replaceWith(node);
        else { if (last) last.after(node); else this.list.prepend(node); grew = true; }
        held = { said, node };
        this.drawn.messages.set(message.ts, held);
      }
      last = held.node;
    }
    for (const [ts, held] of this.drawn.messages) if (!seen.has(ts)) { held.node.remove(); this.drawn.messages.delete(ts); }
    if (grew && atEnd) this.list.scrollTop = this.list.scrollHeight;
  }

  message(m, names) {
    const bot = m.user === this.data.bot;
    const name = names.people[m.user] ?? m.user;
    this.values[m.ts] = stateOf(m.blocks, this.values[m.ts]);
    const on = { names, values: this.values[m.ts], click: (block, element, chosen, node) => this.click(m, block, element, chosen, node), options: () => ({}) };
    const at = new Date(Number(m.ts) * 1000);
    const day = at.toLocaleDateString("en-GB", { timeZone: this.data.zone, weekday: "short", day: "numeric", month: "short" });
    const time = at.toLocaleTimeString("en-GB", { timeZone: this.data.zone, hour: "numeric", minute: "2-digit", hour12: true });
    const shortcuts = this.data.shortcuts.filter((s) => s.type === "message");
    return h("article", { class: `s-message ${m.only_for ? "ephemeral" : ""}`, data: { ts: m.ts }, "aria-label": `${name}: ${m.text}` },
      m.only_for ? h("p", { class: "s-only" }, "👁 Only visible to you ", h("button", { class: "plain", onclick: () => this.act("dismiss", { channel: this.channel, ts: m.ts }) }, "Dismiss")) : null,
      avatar(m.user, name, bot),
      h("div", { class: "s-content" },
        h("p", { class: "s-by" }, h("b", {}, name), bot ? h("span", { class: "tag" }, "APP") : null, h("time", {}, `${day}, ${time}`), m.edited ? h("span", { class: "soft" }, "(edited)") : null),
        m.blocks.length ? h("div", { class: "blocks" }, renderBlocks(m.blocks, on)) : h("div", { class: "b-text" }, mrkdwn(m.text, names)),
        Object.keys(m.reactions).length ? h("p", { class: "s-reactions" }, Object.entries(m.reactions).map(([n, who]) => h("span", {}, emoji(`:${n}:`), " ", String(who.length)))) : null),
      shortcuts.length && !m.only_for ? h("button", { class: "s-more", "aria-label": "More actions", title: "More actions", onclick: (e) => menu(e.currentTarget, shortcuts.map((s) => ({ label: s.name, note: s.description, pick: () => this.act("shortcut", { callback: s.callback_id, channel: this.channel, ts: m.ts }) }))) }, icon("more")) : null);
  }

  async click(m, block, element, chosen, node) {
    if (element.confirm && !(await confirmed(element.confirm, this.names()))) return;
    node?.classList.add("busy");
    await this.act("click", { channel: this.channel, ts: m.ts, block_id: block.block_id, action_id: element.action_id, chosen, values: this.values[m.ts] });
    node?.classList.remove("busy");
  }

  drawHome() {
    const home = this.data.home;
    const said = JSON.stringify([home, this.user]);
    if (this.drawn.list === said) return;
    const top = this.list.scrollTop;
    this.drawn.list = said;
    if (!home) { this.list.replaceChildren(h("div", { class: "empty" }, h("h3", {}, "One moment"), h("p", {}, "Frontdesk is putting your Home together."))); return; }
    this.values.home = stateOf(home.blocks, this.values.home);
    const on = { names: this.names(), values: this.values.home, options: (block, element, typed) => api("slack/options", { user: this.user, view: home.id, block_id: block.block_id, action_id: element.action_id, typed }),
      click: async (block, element, chosen, node) => {
        if (element.confirm && !(await confirmed(element.confirm, this.names()))) return;
        node?.classList.add("busy");
        await this.act("click", { view: home.id, block_id: block.block_id, action_id: element.action_id, chosen, values: this.values.home });
        node?.classList.remove("busy");
      } };
    this.list.replaceChildren(h("div", { class: "blocks s-home" }, renderBlocks(home.blocks, on)));
    this.list.scrollTop = top;
  }

  // --- composer ---

  buildComposer() {
    const box = h("input", { type: "text", autocomplete: "off", placeholder: "Message, or / for commands", "aria-label": "Message", role: "combobox", "aria-expanded": "false", "aria-controls": "s-commands" });
    const list = h("div", { class: "s-commands", id: "s-commands", role: "listbox", hidden: true });
    const suggest = () => {
      const word = box.value.split(" ")[0];
      const found = box.value.startsWith("/") ? (this.data?.commands ?? []).filter((c) => c.command.startsWith(word)) : [];
      list.hidden = !found.length;
      box.setAttribute("aria-expanded", String(!list.hidden));
      list.replaceChildren(...found.map((c) => h("button", { type: "button", role: "option", onclick: () => { box.value = c.command + " "; list.hidden = true; box.focus(); } },
        h("b", {}, c.command), " ", h("span", { class: "soft" }, c.usage_hint ?? ""), h("small", {}, c.description))));
    };
    this.suggest = suggest;
    box.addEventListener("input", suggest);
    box.addEventListener("keydown", (e) => {
      if (e.key === "Escape") list.hidden = true;
      if (e.key === "Tab" && !list.hidden && box.value !== list.querySelector("b").textContent + " ") { e.preventDefault(); list.firstElementChild.click(); }
    });
    const send = async (e) => {
      e.preventDefault();
      const text = box.value.trim();
      if (!text) return;
      box.value = "";
      list.hidden = true;
      this.list.scrollTop = this.list.scrollHeight;
      await this.act("say", { channel: this.channel, text });
      this.list.scrollTop = this.list.scrollHeight;
    };
    const shortcuts = h("button", { type: "button", class: "plain", "aria-label": "Shortcuts", title: "Shortcuts", onclick: (e) => {
      const found = this.data.shortcuts.filter((s) => s.type === "global");
      const commands = this.data.commands.map((c) => ({ label: c.command, note: c.description, pick: () => { box.value = c.command + " "; box.focus(); } }));
      menu(e.currentTarget, [...found.map((s) => ({ label: s.name, note: s.description, pick: () => this.act("shortcut", { callback: s.callback_id }) })), ...commands]);
    } }, icon("bolt"));
    return h("form", { class: "s-composer", onsubmit: send }, list, shortcuts, box, h("button", { class: "button primary" }, "Send"));
  }
}

export function confirmed(confirm, names) {
  return dialog(confirm.title.text, (close) => h("div", {},
    h("h2", {}, confirm.title.text), h("p", {}, confirm.text.type === "mrkdwn" ? mrkdwn(confirm.text.text, names) : confirm.text.text),
    h("footer", {}, h("button", { class: "button", onclick: () => close(false) }, confirm.deny?.text ?? "Cancel"),
      h("button", { class: `button ${confirm.style === "danger" ? "danger" : "primary"}`, onclick: () => close(true) }, confirm.confirm?.text ?? "Yes"))));
}

export function pretty(json) {
  try { return JSON.stringify(JSON.parse(json), null, 2); } catch { return json; }
}
