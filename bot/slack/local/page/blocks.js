// Slack's blocks as DOM nodes, near enough to Slack's own look to judge a message by.

import { el, emoji, icon, link, markdown, mention, mrkdwn, scrolled } from "./text.js";

const STATUS = {
  pending: ["○", "not begun"],
  in_progress: ["◐", "under way"],
  complete: ["✓", "done"],
  error: ["✕", "failed"],
};

// `on` has `names` (of people and channels), `press(block, element, choice)` and `pressed` (what was pressed here).
export function blocks(list, on) {
  return (list || []).map((block) => el("div", { class: `block ${kindOf(block)}` }, one(block, on)));
}

// What stands in another block is pressed there: only the outer one has an id that Slack gives.
function within(outer, on) {
  return { ...on, press: (node, block, element, choice) => on.press(node, outer, element, choice) };
}

function kindOf(block) {
  return /^[a-z_]+$/.test(block.type) ? block.type : "unknown";
}

function one(block, on) {
  switch (block.type) {
    case "section":
      return section(block, on);
    case "header":
      return el("h3", {}, block.text.text);
    case "divider":
      return el("hr");
    case "context":
      return block.elements.map((part) => el("span", {}, part.type === "image" ? image(part) : text(part, on)));
    case "actions":
      return block.elements.map((element) => control(block, element, on));
    case "context_actions":
      return block.elements.map((element) => control(block, element, on));
    case "rich_text":
      return block.elements.map((part) => rich(part, on));
    case "markdown":
      return markdown(block.text);
    case "table":
      return table(block, on);
    case "task_card":
      return task(block, on);
    case "plan":
      return [
        el("p", { class: "plan-title" }, block.title),
        el("ul", { class: "tasks" }, (block.tasks || []).map((each) => el("li", {}, task(each, on)))),
      ];
    case "image":
      return [block.title ? el("p", {}, block.title.text) : null, image(block)];
    case "alert":
      return el("p", { class: `alert-${/^[a-z]+$/.test(block.level || "") ? block.level : "default"}` }, text(block.text, on));
    case "card":
      return [
        ...["title", "subtitle", "body"].filter((key) => block[key]).map((key) => el("p", { class: key }, text(block[key], on))),
        el("div", { class: "actions" }, (block.actions || []).map((element) => control(block, element, on))),
      ];
    case "carousel":
      return blocks(block.elements, within(block, on));
    case "container":
      return container(block, on);
    case "input":
      return el("p", {}, block.label.text);
    case "video":
      return el("p", {}, link(block.title_url || block.video_url, block.title.text));
    default:
      return el("p", { class: "note" }, `A block of the type “${block.type}”, which this page does not show.`);
  }
}

function text(value, on) {
  return value.type === "mrkdwn" ? mrkdwn(value.text, on.names) : [String(value.text)];
}

function section(block, on) {
  const body = el("div", { class: "section-text" });
  if (block.text) body.append(el("p", {}, text(block.text, on)));
  if (block.fields) body.append(el("div", { class: "fields" }, block.fields.map((field) => el("div", {}, text(field, on)))));
  const accessory = block.accessory
    ? el("div", { class: "accessory" }, block.accessory.type === "image" ? image(block.accessory) : control(block, block.accessory, on))
    : null;
  return [body, accessory];
}

// A picture would be a request to somewhere else; its words stand for it.
function image(block) {
  return el("span", { class: "image" }, "Image: ", block.image_url ? link(block.image_url, block.alt_text) : block.alt_text);
}

function control(block, element, on) {
  switch (element.type) {
    case "button":
    case "icon_button":
    case "workflow_button":
      return button(block, element, on);
    case "feedback_buttons":
      return el(
        "span",
        { class: "feedback", role: "group" },
        [
          ["positive_button", "up"],
          ["negative_button", "down"],
        ].map(([key, sign]) => thumb(block, element, element[key], sign, on)),
      );
    case "overflow":
      return menu(block, element, on);
    default:
      return element.options || element.option_groups ? select(block, element, on) : el("span", { class: "note" }, `(${element.type})`);
  }
}

function button(block, element, on) {
  const words = element.text.text;
  if (element.url) return el("span", { class: "button" }, link(element.url, words));
  const style = ["primary", "danger"].includes(element.style) ? ` ${element.style}` : "";
  return el(
    "button",
    {
      type: "button",
      class: `button${style}`,
      title: words.length > 30 ? words : undefined, // Slack cuts what is longer, too
      "aria-label": element.accessibility_label,
      "data-action": element.action_id,
      onclick: (event) => on.press(event.currentTarget, block, element),
    },
    words,
  );
}

function thumb(block, element, part, sign, on) {
  const pressed = on.pressed?.[`${block.block_id}/${element.action_id}`] === part.value;
  return el(
    "button",
    {
      type: "button",
      class: "thumb",
      title: part.text.text,
      "aria-label": part.accessibility_label || part.text.text,
      "aria-pressed": pressed ? "true" : "false",
      "data-action": element.action_id,
      onclick: (event) => on.press(event.currentTarget, block, element, part.value),
    },
    icon(sign),
  );
}

function menu(block, element, on) {
  const details = el("details", { class: "menu" }, el("summary", { class: "button", "aria-label": "More actions" }, "⋯"));
  details.append(
    el(
      "div",
      { class: "menu-items" },
      element.options.map((option) =>
        option.url
          ? link(option.url, option.text.text)
          : el(
              "button",
              {
                type: "button",
                "data-action": element.action_id,
                onclick: (event) => {
                  details.open = false;
                  on.press(event.currentTarget, block, element, option.value);
                },
              },
              option.text.text,
            ),
      ),
    ),
  );
  return details;
}

function select(block, element, on) {
  const groups = element.option_groups || [{ options: element.options }];
  const first = el("option", { value: "" }, element.placeholder?.text || "Choose");
  const choice = el(
    "select",
    { "data-action": element.action_id, onchange: (event) => event.target.value && on.press(event.target, block, element, event.target.value) },
    first,
    groups.flatMap((group) => group.options.map((option) => el("option", { value: option.value }, option.text.text))),
  );
  return choice;
}

function rich(part, on) {
  switch (part.type) {
    case "rich_text_section":
      return el("div", { class: "rich-section" }, part.elements.map((each) => run(each, on)));
    case "rich_text_preformatted":
      return el("pre", {}, part.elements.map((each) => run(each, on)));
    case "rich_text_quote":
      return el("blockquote", {}, part.elements.map((each) => run(each, on)));
    case "rich_text_list": {
      const indent = Math.min(Math.max(Number(part.indent) || 0, 0), 8);
      const items = part.elements.map((each) => el("li", {}, each.elements.map((inner) => run(inner, on))));
      if (part.style === "ordered") return el("ol", { class: `indent-${indent}`, start: String((Number(part.offset) || 0) + 1) }, items);
      return el("ul", { class: `indent-${indent}` }, items);
    }
    default:
      return el("div", { class: "note" }, part.type);
  }
}

function run(part, on) {
  switch (part.type) {
    case "text":
      return styled(part.text, part.style);
    case "link":
      return styled(link(part.url, part.text), part.style);
    case "user":
      return mention("user", part.user_id, on.names);
    case "channel":
      return mention("channel", part.channel_id, on.names);
    case "broadcast":
      return el("span", { class: "mention" }, `@${part.range}`);
    case "usergroup":
      return el("span", { class: "mention" }, `@${part.usergroup_id}`);
    case "emoji":
      return emoji(part.name, part.unicode);
    case "date":
      return part.fallback || new Date(Number(part.timestamp) * 1000).toLocaleString();
    case "color":
      return part.value;
    default:
      return "";
  }
}

function styled(inner, style = {}) {
  let node = inner;
  if (style.code) node = el("code", {}, node);
  if (style.bold) node = el("strong", {}, node);
  if (style.italic) node = el("em", {}, node);
  if (style.strike) node = el("s", {}, node);
  if (style.underline) node = el("u", {}, node);
  return node;
}

function table(block, on) {
  const settings = block.column_settings || [];
  const cell = (tag) => (value, column) => {
    const setting = settings[column] || {};
    const align = ["left", "center", "right"].includes(setting.align) ? setting.align : "left";
    const inner = value.type === "rich_text" ? value.elements.map((part) => rich(part, on)) : String(value.text ?? value.value);
    return el(tag, { class: `${align}${setting.is_wrapped ? " wrapped" : ""}` }, inner);
  };
  const [head, ...rows] = block.rows;
  return scrolled(
    el(
      "table",
      {},
      el("thead", {}, el("tr", {}, head.map(cell("th")))),
      el("tbody", {}, rows.map((row) => el("tr", {}, row.map(cell("td"))))),
    ),
  );
}

function task(card, on) {
  const [sign, words] = STATUS[card.status] || STATUS.pending;
  const title = [
    el("span", { class: `sign ${STATUS[card.status] ? card.status : "pending"}`, role: "img", "aria-label": words, title: words }, sign),
    el("span", {}, card.title),
  ];
  const more = ["details", "output"].filter((key) => card[key]).flatMap((key) => card[key].elements.map((part) => rich(part, on)));
  const sources = (card.sources || []).map((source) => el("span", { class: "source" }, link(source.url, source.text)));
  if (!more.length && !sources.length) return el("div", { class: "task" }, title);
  return el("details", { class: "task" }, el("summary", {}, title), el("div", { class: "task-more" }, more, sources));
}

function container(block, on) {
  const title = block.rich_text_title ? block.rich_text_title.elements.map((part) => rich(part, on)) : block.title?.text || "";
  const inner = [block.subtitle ? el("p", { class: "subtitle" }, text(block.subtitle, on)) : null, ...blocks(block.child_blocks, within(block, on))];
  if (!block.is_collapsible) return el("div", { class: "container" }, el("strong", {}, title), inner);
  return el("details", { class: "container", open: !block.default_collapsed }, el("summary", {}, title), inner);
}
