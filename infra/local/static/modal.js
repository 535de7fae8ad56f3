// Slack's modals: a stack, the top one shown; errors stand next to their fields.
import { h } from "./dom.js";
import { missing, renderBlocks, stateOf } from "./blocks.js";
import { confirmed } from "./slack.js";

export class Modals {
  constructor(act, names) {
    this.act = act;
    this.names = names;
    this.values = {};
    this.errors = {};
    this.drawn = "";
    this.box = null;
  }

  clear() { this.box?.remove(); this.box = null; this.drawn = ""; }

  draw(views) {
    const view = views.at(-1);
    if (!view) { this.clear(); this.values = {}; this.errors = {}; return; }
    const said = view.id + view.hash;
    if (said === this.drawn) return;
    if (!this.drawn.startsWith(view.id)) this.errors = {};
    this.drawn = said;
    this.values[view.id] = stateOf(view.blocks, this.values[view.id]);
    this.view = view;
    this.paint();
  }

  paint() {
    const { view } = this;
    const focused = this.box?.contains(document.activeElement) ? document.activeElement.closest("[data-block]")?.dataset.block : null;
    const top = this.box?.querySelector(".blocks")?.scrollTop ?? 0;
    const on = {
      names: this.names(), values: this.values[view.id], errors: this.errors,
      click: (block, element, chosen, node) => this.click(block, element, chosen, node),
      options: (block, element, typed) => this.act("options", { view: view.id, block_id: block.block_id, action_id: element.action_id, typed }),
    };
    const fresh = !this.box;
    if (fresh) {
      this.box = h("dialog", { class: "dialog s-modal", "aria-label": view.title.text });
      this.box.addEventListener("cancel", (e) => { e.preventDefault(); this.close(); });
      document.body.append(this.box);
      this.box.showModal();
    }
    this.box.setAttribute("aria-label", view.title.text);
    this.problem = h("p", { class: "error", role: "alert" });
    const body = h("div", { class: "blocks" }, renderBlocks(view.blocks, on), this.problem);
    this.box.replaceChildren(h("form", { novalidate: true, onsubmit: (e) => { e.preventDefault(); this.submit(); } },
      h("header", {}, h("h2", {}, view.title.text), h("button", { class: "plain", type: "button", "aria-label": "Close", onclick: () => this.close() }, "✕")),
      body,
      h("footer", {}, h("button", { class: "button", type: "button", onclick: () => this.close() }, view.close?.text ?? "Cancel"),
        view.submit ? h("button", { class: "button primary", type: "submit" }, view.submit.text) : null)));
    body.scrollTop = top;
    const target = focused ? body.querySelector(`[data-block="${CSS.escape(focused)}"]`) : fresh ? body : null;
    (target?.querySelector("input,select,textarea,button") ?? null)?.focus({ preventScroll: !fresh });
    const wrong = body.querySelector(".wrong");
    if (wrong) { wrong.scrollIntoView({ block: "nearest" }); wrong.querySelector("input,select,textarea")?.focus(); }
  }

  async click(block, element, chosen, node) {
    if (element.confirm && !(await confirmed(element.confirm, this.names()))) return;
    node?.classList.add("busy");
    await this.act("click", { view: this.view.id, block_id: block.block_id, action_id: element.action_id, chosen, values: this.values[this.view.id] });
    node?.classList.remove("busy");
  }

  async submit() {
    const { view } = this;
    this.errors = missing(view.blocks, this.values[view.id]);
    if (Object.keys(this.errors).length) { this.paint(); return; }
    const button = this.box.querySelector("[type=submit]");
    button.disabled = true;
    button.classList.add("busy");
    const answer = await this.act("submit", { view: view.id, values: this.values[view.id] });
    if (answer.errors) { this.errors = answer.errors; this.paint(); return; }
    button.disabled = false;
    button.classList.remove("busy");
    if (answer.problem) { this.problem.textContent = answer.problem; this.problem.scrollIntoView(); }
  }

  close() { return this.act("close", { view: this.view.id }); }
}
