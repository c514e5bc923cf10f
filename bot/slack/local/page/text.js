// Text from messages as DOM nodes. Every character goes in as text; nothing is ever parsed as HTML.

const SCHEMES = ["http:", "https:", "mailto:"];

const EMOJI = {
  "+1": "👍", "-1": "👎", thumbsup: "👍", thumbsdown: "👎", white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌",
  warning: "⚠️", lock: "🔒", unlock: "🔓", mag: "🔍", eyes: "👀", information_source: "ℹ️", rotating_light: "🚨",
  hourglass: "⌛", hourglass_flowing_sand: "⏳", wave: "👋", bulb: "💡", link: "🔗", key: "🔑", question: "❓",
  large_green_circle: "🟢", large_yellow_circle: "🟡", red_circle: "🔴", white_circle: "⚪", raised_hands: "🙌",
  arrows_counterclockwise: "🔄", page_facing_up: "📄", house: "🏠", speech_balloon: "💬", tada: "🎉", no_entry: "⛔",
};

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

const ICONS = {
  lock: ["M7 11V8a5 5 0 0 1 10 0v3", "M5 11h14v10H5z", "M12 15v2"],
  eye: ["M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12z", "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z"],
  up: ["M7 11v9H3v-9z", "M7 11l4-8c2 0 3 1 2.6 3L13 9h6c2 0 2 1 2 2l-2 7c0 1-1 2-2 2H7"],
  down: ["M7 13V4H3v9z", "M7 13l4 8c2 0 3-1 2.6-3L13 15h6c2 0 2-1 2-2l-2-7c0-1-1-2-2-2H7"],
};

// A drawn sign, as not every machine has a font with pictures.
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const attributes = { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  for (const line of ICONS[name]) {
    const path = document.createElementNS(space, "path");
    path.setAttribute("d", line);
    svg.append(path);
  }
  return svg;
}

export function safeUrl(url) {
  try {
    const parsed = new URL(url);
    return SCHEMES.includes(parsed.protocol) ? parsed.href : null;
  } catch {
    return null;
  }
}

// A permalink of this workspace, which leads to its own page and not to Slack's.
const PERMALINK = /^https:\/\/local\.slack\.com\/archives\/(\w+)\/p(\d+)(\d{6})(?:\?(?:.*&)?thread_ts=(\d+\.\d+))?/;

export function link(url, label) {
  const safe = safeUrl(url);
  const shown = label || String(url);
  const own = PERMALINK.exec(safe || "");
  if (own) {
    const [, channel, seconds, micros, thread] = own;
    const person = location.hash.slice(1).split("/")[0];
    return el("a", { href: `#${person}/${channel}/t/${thread || `${seconds}.${micros}`}` }, shown);
  }
  if (!safe) return el("span", { class: "dead-link", title: "This kind of link cannot be followed" }, shown);
  return el("a", { href: safe, target: "_blank", rel: "noopener noreferrer", title: safe }, shown);
}

export function emoji(name, unicode) {
  let shown = EMOJI[name];
  if (!shown && /^[0-9a-f-]+$/i.test(unicode || "")) {
    const points = unicode.split("-").map((part) => Number.parseInt(part, 16));
    if (points.every((point) => point > 0 && point < 0x110000)) shown = String.fromCodePoint(...points);
  }
  return el("span", { class: "emoji", role: "img", "aria-label": name.replaceAll("_", " ") }, shown || `:${name}:`);
}

export function mention(kind, id, names) {
  const sign = kind === "channel" ? "#" : "@";
  return el("span", { class: "mention" }, sign + (names[id] || id));
}

function unescaped(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

const MRKDWN = new RegExp(
  [
    "```(?<block>[\\s\\S]+?)```",
    "`(?<code>[^`\\n]+)`",
    "<(?<target>[^<>|]+)(?:\\|(?<label>[^<>]*))?>",
    "(?<![\\w*])\\*(?=\\S)(?<bold>[^\\n*]+?)(?<=\\S)\\*(?![\\w*])",
    "(?<![\\w_])_(?=\\S)(?<italic>[^\\n_]+?)(?<=\\S)_(?![\\w_])",
    "(?<![\\w~])~(?=\\S)(?<strike>[^\\n~]+?)(?<=\\S)~(?![\\w~])",
    ":(?<emoji>[a-z0-9_+-]+):",
  ].join("|"),
  "g",
);

// Slack's own markup. Quotes are lines that begin with an escaped ">".
export function mrkdwn(text, names) {
  const nodes = [];
  let quoted = [];
  const flush = () => {
    if (quoted.length) nodes.push(el("blockquote", {}, inline(quoted.join("\n"), names)));
    quoted = [];
  };
  let plain = [];
  const flushPlain = () => {
    if (plain.length) nodes.push(...inline(plain.join("\n"), names));
    plain = [];
  };
  for (const line of String(text).split("\n")) {
    const quote = /^&gt; ?(.*)$/.exec(line);
    if (quote) {
      flushPlain();
      quoted.push(quote[1]);
    } else {
      flush();
      plain.push(line);
    }
  }
  flush();
  flushPlain();
  return nodes;
}

function inline(text, names) {
  const nodes = [];
  let at = 0;
  const put = (piece) => {
    if (piece) nodes.push(unescaped(piece));
  };
  for (const found of text.matchAll(MRKDWN)) {
    const { block, code, target, label, bold, italic, strike, emoji: name } = found.groups;
    if (name !== undefined && !EMOJI[name]) continue; // a time such as 10:15:00
    put(text.slice(at, found.index));
    at = found.index + found[0].length;
    if (block !== undefined) nodes.push(el("pre", {}, unescaped(block.replace(/^\n/, ""))));
    else if (code !== undefined) nodes.push(el("code", {}, unescaped(code)));
    else if (target !== undefined) nodes.push(angle(target, label, names));
    else if (bold !== undefined) nodes.push(el("strong", {}, inline(bold, names)));
    else if (italic !== undefined) nodes.push(el("em", {}, inline(italic, names)));
    else if (strike !== undefined) nodes.push(el("s", {}, inline(strike, names)));
    else nodes.push(emoji(name));
  }
  put(text.slice(at));
  return nodes;
}

function angle(target, label, names) {
  if (target.startsWith("@")) return mention("user", target.slice(1), names);
  if (target.startsWith("#")) return mention("channel", target.slice(1), names);
  if (target.startsWith("!date^")) {
    const [, seconds] = target.split("^");
    const when = new Date(Number(seconds) * 1000);
    return Number.isNaN(when.getTime()) ? unescaped(label || "") : el("time", {}, when.toLocaleString());
  }
  if (target.startsWith("!")) return el("span", { class: "mention" }, unescaped(label || `@${target.slice(1)}`));
  return link(unescaped(target), label === undefined ? undefined : unescaped(label));
}

const MARKDOWN = new RegExp(
  [
    "`(?<code>[^`\\n]+)`",
    "!?\\[(?<label>[^\\[\\]\\n]*)\\]\\((?<url>[^()\\s]+)\\)",
    "(?<bare>https?://[^\\s<>()]+)",
    "\\*\\*(?=\\S)(?<bold>[^\\n]+?)(?<=\\S)\\*\\*",
    "(?<![\\w*])[*_](?=\\S)(?<italic>[^\\n*_]+?)(?<=\\S)[*_](?![\\w*])",
    "~~(?=\\S)(?<strike>[^\\n]+?)(?<=\\S)~~",
  ].join("|"),
  "g",
);

function markdownInline(text) {
  const nodes = [];
  let at = 0;
  for (const found of text.matchAll(MARKDOWN)) {
    const { code, label, url, bare, bold, italic, strike } = found.groups;
    if (found.index > at) nodes.push(text.slice(at, found.index));
    at = found.index + found[0].length;
    if (code !== undefined) nodes.push(el("code", {}, code));
    else if (url !== undefined) nodes.push(link(url, label));
    else if (bare !== undefined) nodes.push(link(bare));
    else if (bold !== undefined) nodes.push(el("strong", {}, markdownInline(bold)));
    else if (italic !== undefined) nodes.push(el("em", {}, markdownInline(italic)));
    else nodes.push(el("s", {}, markdownInline(strike)));
  }
  if (at < text.length) nodes.push(text.slice(at));
  return nodes;
}

// Standard Markdown, as far as a markdown block shows it.
export function markdown(text) {
  const nodes = [];
  const lines = String(text).split("\n");
  const take = (test) => {
    const taken = [];
    while (lines.length && test(lines[0])) taken.push(lines.shift());
    return taken;
  };
  while (lines.length) {
    const line = lines[0];
    const heading = /^(#{1,6}) +(.*)$/.exec(line);
    const item = /^\s*(?:[-*+]|(\d+)[.)]) +/.exec(line);
    if (!line.trim()) lines.shift();
    else if (/^```/.test(line)) {
      lines.shift();
      nodes.push(el("pre", {}, take((each) => !/^```/.test(each)).join("\n")));
      lines.shift();
    } else if (heading) {
      lines.shift();
      nodes.push(el("h4", {}, markdownInline(heading[2])));
    } else if (/^(-{3,}|\*{3,})\s*$/.test(line)) {
      lines.shift();
      nodes.push(el("hr"));
    } else if (/^>/.test(line)) {
      const inner = take((each) => /^>/.test(each)).map((each) => each.replace(/^> ?/, ""));
      nodes.push(el("blockquote", {}, markdown(inner.join("\n"))));
    } else if (item) {
      const ordered = item[1] !== undefined;
      const mark = ordered ? /^\s*\d+[.)] +/ : /^\s*[-*+] +/;
      const items = take((each) => mark.test(each)).map((each) => el("li", {}, markdownInline(each.replace(mark, ""))));
      nodes.push(el(ordered ? "ol" : "ul", ordered ? { start: item[1] } : {}, items));
    } else if (/^\|.*\|\s*$/.test(line)) {
      nodes.push(markdownTable(take((each) => /^\|.*\|\s*$/.test(each))));
    } else {
      const first = lines.shift();
      const rest = take((each) => each.trim() && !/^(#{1,6} |```|>|\||\s*[-*+] |\s*\d+[.)] )/.test(each));
      nodes.push(el("p", {}, markdownInline([first, ...rest].join("\n"))));
    }
  }
  return nodes;
}

function markdownTable(lines) {
  const rows = lines
    .filter((line) => !/^\|[\s:|-]+\|\s*$/.test(line))
    .map((line) => line.trim().slice(1, -1).split("|"));
  const cells = (row, tag) => el("tr", {}, row.map((cell) => el(tag, {}, markdownInline(cell.trim()))));
  return scrolled(
    el("table", {}, el("thead", {}, cells(rows[0] || [], "th")), el("tbody", {}, rows.slice(1).map((row) => cells(row, "td")))),
  );
}

export function scrolled(table) {
  return el("div", { class: "table", tabindex: "0", role: "group", "aria-label": "Table" }, table);
}
