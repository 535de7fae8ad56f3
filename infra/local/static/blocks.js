// Block Kit: every block and element the app uses, with Slack's state.values.
import { h, icon } from "./dom.js";
import { emoji, text } from "./mrkdwn.js";
import { menu } from "./menu.js";

const STATEFUL = {
  static_select: "selected_option", external_select: "selected_option", radio_buttons: "selected_option",
  multi_static_select: "selected_options", checkboxes: "selected_options", users_select: "selected_user",
  conversations_select: "selected_conversation", channels_select: "selected_channel", datepicker: "selected_date",
  timepicker: "selected_time", datetimepicker: "selected_date_time", plain_text_input: "value", email_text_input: "value",
  url_text_input: "value", number_input: "value",
};
const INITIAL = {
  selected_option: "initial_option", selected_options: "initial_options", selected_user: "initial_user",
  selected_conversation: "initial_conversation", selected_channel: "initial_channel", selected_date: "initial_date",
  selected_time: "initial_time", selected_date_time: "initial_date_time", value: "initial_value",
};

export const elementsOf = (block) => [...(block.type === "actions" ? block.elements : []), block.accessory, block.element].filter(Boolean);

// The state of a surface's inputs. Typed values stay as long as their block_id and action_id do, as in Slack.
export function stateOf(blocks, before = {}) {
  const values = {};
  for (const block of blocks) {
    for (const element of elementsOf(block)) {
      const property = STATEFUL[element.type];
      if (!property) continue;
      const held = before[block.block_id]?.[element.action_id];
      const kept = held && held.type === element.type && stillOffered(element, held[property]);
      const first = element[INITIAL[property]] ?? (property === "selected_options" ? [] : null);
      (values[block.block_id] ??= {})[element.action_id] = { type: element.type, [property]: kept ? held[property] : first };
    }
  }
  return values;
}

const optionsOf = (element) => [...(element.options ?? []), ...(element.option_groups ?? []).flatMap((g) => g.options)];

function stillOffered(element, value) {
  if (value === null || element.type === "external_select" || !(element.options || element.option_groups)) return true;
  const offered = optionsOf(element).map((o) => o.value);
  return [].concat(value).every((o) => offered.includes(o.value));
}

// What is wrong with a modal's inputs before it is sent: block_id -> sentence.
export function missing(blocks, values) {
  const errors = {};
  for (const block of blocks.filter((b) => b.type === "input")) {
    const held = values[block.block_id][block.element.action_id];
    const value = held[STATEFUL[block.element.type]];
    const empty = value === null || value === "" || (Array.isArray(value) && !value.length);
    if (empty && !block.optional) errors[block.block_id] = "Please complete this required field.";
    else if (!empty && block.element.type === "email_text_input" && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(value)) errors[block.block_id] = "Please enter a valid email address.";
    else if (!empty && block.element.type === "number_input" && Number.isNaN(Number(value))) errors[block.block_id] = "Please enter a number.";
    else if (!empty && block.element.min_length && value.length < block.element.min_length) errors[block.block_id] = `Please enter at least ${block.element.min_length} characters.`;
  }
  return errors;
}

// `on` has: names, values, errors, click(block, element, chosen), options(block, element, typed)
export function renderBlocks(blocks, on) {
  return blocks.map((block) => renderBlock(block, on));
}

function renderBlock(block, on) {
  const draw = {
    section: () => h("div", { class: "b-section" },
      h("div", { class: "b-main" }, block.text ? h("div", { class: "b-text" }, text(block.text, on.names)) : null,
        block.fields ? h("div", { class: "b-fields" }, block.fields.map((f) => h("div", {}, text(f, on.names)))) : null),
      block.accessory ? h("div", { class: "b-accessory" }, element(block, block.accessory, on)) : null),
    header: () => h("h3", { class: "b-header" }, text(block.text, on.names)),
    divider: () => h("hr", {}),
    actions: () => h("div", { class: "b-actions" }, block.elements.map((e) => element(block, e, on))),
    context: () => h("div", { class: "b-context" }, block.elements.map((e) => e.type === "image" ? h("img", { src: e.image_url, alt: e.alt_text }) : h("span", {}, text(e, on.names)))),
    image: () => h("figure", {}, block.title ? h("figcaption", {}, text(block.title, on.names)) : null, h("img", { src: block.image_url, alt: block.alt_text })),
    input: () => input(block, on),
    table: () => table(block),
    markdown: () => h("div", { class: "b-text" }, block.text),
    alert: () => h("div", { class: `b-alert ${block.level ?? ""}`, role: "alert" }, text(block.text, on.names)),
    rich_text: () => h("div", { class: "b-text" }, richText(block)),
  }[block.type];
  const node = draw ? draw() : h("p", { class: "soft" }, `(${block.type})`);
  node.dataset.block = block.block_id;
  return node;
}

// The first row is the head; columns are aligned as their settings say.
function table(block) {
  const cell = (tag, c, n) => h(tag, { class: `to-${block.column_settings?.[n]?.align ?? "left"}` }, c.text ?? richText(c));
  const [head, ...rows] = block.rows;
  return h("table", { class: "b-table" }, h("thead", {}, h("tr", {}, head.map((c, n) => cell("th", c, n)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map((c, n) => cell("td", c, n))))));
}

const richText = (block) => (block.elements ?? []).map((part) => h("p", {}, (part.elements ?? []).map((e) => e.text ?? e.url ?? "")));

function input(block, on) {
  const error = on.errors?.[block.block_id];
  const id = `i-${block.block_id}`;
  const body = element(block, block.element, on, id);
  const target = body.matches("input,select,textarea") ? body : body.querySelector("input,select,textarea");
  if (target && error) { target.setAttribute("aria-invalid", "true"); target.setAttribute("aria-describedby", `${id}-e`); }
  const group = ["radio_buttons", "checkboxes", "multi_static_select"].includes(block.element.type);
  return h(group ? "fieldset" : "div", { class: `b-input ${error ? "wrong" : ""}` },
    h(group ? "legend" : "label", group ? {} : { for: id }, text(block.label, on.names), block.optional ? h("span", { class: "soft" }, " (optional)") : null),
    body,
    error ? h("p", { class: "error", id: `${id}-e` }, error) : null,
    block.hint ? h("p", { class: "hint" }, text(block.hint, on.names)) : null);
}

function element(block, e, on, id) {
  const property = STATEFUL[e.type];
  const held = property ? on.values[block.block_id]?.[e.action_id] : null;
  const dispatches = block.type !== "input" || block.dispatch_action;
  const change = (value) => {
    held[property] = value;
    if (dispatches) on.click(block, e, { [property]: value });
  };
  const common = { id, data: { action: e.action_id }, "aria-label": id ? null : label(e) };
  const make = {
    button: () => {
      const props = { class: `s-button ${e.style ?? ""}`, data: { action: e.action_id }, "aria-label": e.accessibility_label };
      const press = (event) => on.click(block, e, {}, event.currentTarget);
      return e.url ? h("a", { ...props, href: e.url, target: "_blank", rel: "noopener", onclick: press }, text(e.text, on.names)) : h("button", { ...props, type: "button", onclick: press }, text(e.text, on.names));
    },
    overflow: () => h("button", { class: "s-button overflow", type: "button", "aria-label": "More", data: { action: e.action_id }, onclick: (event) =>
      menu(event.currentTarget, e.options.map((o) => ({ label: emoji(o.text.text), pick: () => on.click(block, e, { selected_option: o }) }))) }, icon("more")),
    static_select: () => select(e, common, held[property], change),
    external_select: () => external(block, e, common, held, change, on),
    users_select: () => pick(e, common, Object.entries(on.names.people), held[property], change),
    conversations_select: () => pick(e, common, Object.entries(on.names.channels), held[property], change),
    channels_select: () => pick(e, common, Object.entries(on.names.channels), held[property], change),
    multi_static_select: () => choices(block, e, on, "checkbox", held[property], change),
    checkboxes: () => choices(block, e, on, "checkbox", held[property], change),
    radio_buttons: () => choices(block, e, on, "radio", held[property], change),
    datepicker: () => h("input", { ...common, type: "date", value: held[property] ?? "", onchange: (x) => change(x.target.value || null) }),
    timepicker: () => h("input", { ...common, type: "time", value: held[property] ?? "", onchange: (x) => change(x.target.value || null) }),
    datetimepicker: () => h("input", { ...common, type: "datetime-local", onchange: (x) => change(Math.floor(new Date(x.target.value) / 1000) || null) }),
    plain_text_input: () => typed(e, common, held, e.multiline ? h("textarea", { ...common, rows: "4" }) : h("input", { ...common, type: "text" }), change),
    email_text_input: () => typed(e, common, held, h("input", { ...common, type: "email" }), change),
    url_text_input: () => typed(e, common, held, h("input", { ...common, type: "url" }), change),
    number_input: () => typed(e, common, held, h("input", { ...common, type: "number", step: e.is_decimal_allowed ? "any" : "1", min: e.min_value, max: e.max_value }), change),
    image: () => h("img", { class: "b-thumb", src: e.image_url, alt: e.alt_text }),
  }[e.type];
  return make ? make() : h("span", { class: "soft" }, `(${e.type})`);
}

const label = (e) => e.placeholder?.text ?? e.action_id;

function select(e, common, value, change) {
  const offered = optionsOf(e);
  const option = (o) => h("option", { value: String(offered.indexOf(o)), selected: value?.value === o.value }, emoji(o.text.text));
  const groups = (e.option_groups ?? []).map((g) => h("optgroup", { label: emoji(g.label.text) }, g.options.map(option)));
  return h("select", { ...common, class: "s-select", onchange: (x) => change(offered[Number(x.target.value)] ?? null) },
    h("option", { value: "", disabled: Boolean(value), selected: !value }, e.placeholder?.text ?? "Select an option"), (e.options ?? []).map(option), groups);
}

function pick(e, common, pairs, value, change) {
  return h("select", { ...common, class: "s-select", onchange: (x) => change(x.target.value || null) },
    h("option", { value: "" }, e.placeholder?.text ?? "Select"), pairs.map(([id, name]) => h("option", { value: id, selected: id === value }, name)));
}

function external(block, e, common, held, change, on) {
  const box = h("input", { ...common, type: "search", autocomplete: "off", placeholder: e.placeholder?.text ?? "Search", value: held.selected_option?.text.text ?? "" });
  const list = h("div", { class: "s-suggestions" });
  const look = async () => {
    const found = await on.options(block, e, box.value);
    list.replaceChildren(...optionsOf(found).map((o) => h("button", { type: "button", class: "s-choice", onclick: () => { box.value = o.text.text; list.replaceChildren(); change(o); } }, o.text.text)));
  };
  box.addEventListener("input", look);
  box.addEventListener("focus", look);
  return h("div", {}, box, list);
}

function choices(block, e, on, type, value, change) {
  const chosen = () => [].concat(value ?? []).map((o) => o.value);
  const pickOne = (o, checked) => {
    const next = type === "radio" ? o : [...[].concat(value ?? []).filter((v) => v.value !== o.value), ...(checked ? [o] : [])];
    value = next;
    change(next);
  };
  return h("div", { class: "s-choices", data: { action: e.action_id } }, optionsOf(e).map((o) => h("label", { class: "s-choice" },
    h("input", { type, name: `${block.block_id}-${e.action_id}`, value: o.value, checked: chosen().includes(o.value), onchange: (x) => pickOne(o, x.target.checked) }),
    h("span", {}, text(o.text, on.names), o.description ? h("small", {}, text(o.description, on.names)) : null))));
}

function typed(e, common, held, node, change) {
  node.value = held.value ?? "";
  if (e.placeholder) node.placeholder = e.placeholder.text;
  if (e.max_length) node.maxLength = e.max_length;
  const each = e.dispatch_action_config?.trigger_actions_on?.includes("on_character_entered");
  node.addEventListener("input", () => { if (each) change(node.value || null); else held.value = node.value || null; });
  node.addEventListener("keydown", (x) => { if (x.key === "Enter" && !each && node.tagName === "INPUT") { change(node.value || null); } });
  return node;
}
