// Copyright: (c) 2026, safehold.backup contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Puts the page together from the evidence.

const evidence = JSON.parse(byId("evidence").textContent);
const dates = evidence.window.days;
const form = clock(evidence.time_zone);
const time = (text) => h("time", { datetime: text }, form.format(new Date(text)));

for (const one of document.querySelectorAll("time")) one.textContent = form.format(new Date(one.dateTime));

theme();
const machines = new Machines(evidence, time);
links();
byCause();
charts();
narrow.addEventListener("change", charts);
groups();
rules();

function panel(id, title, text, ...content) {
  const place = byId(id);
  place.hidden = false;
  place.replaceChildren(h("h2", {}, title), h("p", {}, text), ...content.flat().filter(Boolean));
}

function theme() {
  const root = document.documentElement, button = byId("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const dark = () => (root.dataset.theme || (system.matches ? "dark" : "light")) === "dark";
  const say = () => { button.textContent = dark() ? "Light colours" : "Dark colours"; };
  try {
    const kept = localStorage.getItem("safehold.backup.theme");
    if (kept === "light" || kept === "dark") root.dataset.theme = kept;
  } catch { /* a browser that keeps nothing for files */ }
  button.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    try {
      localStorage.setItem("safehold.backup.theme", root.dataset.theme);
    } catch { /* it is not kept */ }
    say();
  });
  system.addEventListener("change", say);
  button.hidden = false;
  say();
}

/** The counts below the verdict lead to their machines. */
function links() {
  for (const link of document.querySelectorAll("[data-filter]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      machines.only("filter", link.dataset.filter);
    });
  }
}

function charts() {
  measure();
  byDay();
  byAge();
  bySize();
}

function byDay() {
  const counts = dates.map(() => ({ s: 0, w: 0, f: 0, r: 0, "-": 0 }));
  for (const one of evidence.machines) {
    if (one.status !== "excluded") [...one.days].forEach((sign, n) => { counts[n][sign]++; });
  }
  const used = Object.keys(DAYS).filter((sign) => sign !== "-" && counts.some((one) => one[sign]));
  panel("by-day", "Day by day", "Machines by the result of each day, failed where no attempt was good",
    dayColumns(counts, dates),
    h("ul", { class: "legend" }, used.map((sign) => h("li", {}, swatch(sign), sentence(DAYS[sign])))),
    asTable("Machines by the result of each day", ["Day", ...Object.values(DAYS).map(sentence)],
      counts.map((one, n) => [day(dates[n]), ...Object.keys(DAYS).map((sign) => whole.format(one[sign]))])));
}

function byAge() {
  const bars = [
    { label: "Up to a quarter of the time allowed", short: "≤ 25 %", most: 0.25 },
    { label: "Up to half", short: "50 %", most: 0.5 },
    { label: "Up to three quarters", short: "75 %", most: 0.75 },
    { label: "Up to all of it", short: "100 %", most: 1 },
    { label: "Up to twice the time allowed", short: "2 ×", most: 2 },
    { label: "Up to five times", short: "5 ×", most: 5 },
    { label: "More than five times", short: "> 5 ×", most: Infinity },
  ].map((bar) => ({ ...bar, count: 0, within: bar.most <= 1, kind: bar.most <= 1 ? "protected" : bar.most <= 2 ? "stale" : "failed" }));
  bars.push({ label: "Never backed up", short: "never", kind: "never", count: 0 });
  let late = 0, judged = 0;
  for (const one of evidence.machines) {
    if (one.status === "excluded") continue;
    const part = one.age === null ? null : one.age / (one.objective.max_age || 1);
    const bar = part === null ? bars.at(-1) : bars.find((found) => part <= found.most);
    bar.count++;
    judged++;
    if (!bar.within) late++;
  }
  const number = late ? `${whole.format(late)} of ${counted(judged, "machine")}` : counted(judged, "machine");
  panel("by-age", "Age against objective",
    `${number} ${(late || judged) === 1 ? "is" : "are"} ${late ? "past" : "within"} the age allowed`,
    ageBars(bars),
    asTable("Machines by age against their objective", ["Age", "Machines"], bars.map((bar) => [bar.label, whole.format(bar.count)])));
}

function byCause() {
  const most = Math.max(...evidence.failures.map((one) => one.count));
  const item = (one) => h("li", {},
    h("div", { class: "what" }, h("button", { type: "button", class: "link", onclick: () => machines.only("cause", one) }, sentence(clean(one.cause))), h("span", {}, `${whole.format(one.count)} ×`)),
    share([["failed", one.count], ["rest", most - one.count]], false),
    h("p", { class: "quiet small" }, SYSTEMS[one.system], one.code ? [" · ", name(one.code)] : null, ` · ${counted(one.machines.length, "machine")} · last on ${day(one.last_at.slice(0, 10))}`));
  const list = byId("by-cause").querySelector("ol");
  if (!list) return;
  const shown = 3;
  list.replaceChildren(...evidence.failures.slice(0, shown).map(item));
  if (evidence.failures.length > shown) {
    const rest = h("button", { type: "button", class: "button", onclick: () => {
      list.append(...evidence.failures.slice(shown).map(item));
      list.children[shown].querySelector("button").focus();
      rest.remove();
    } }, `Show ${whole.format(evidence.failures.length - shown)} more`);
    list.after(rest);
  }
}

function bySize() {
  const { size_history: history, size } = evidence.totals;
  if (!Math.max(...history)) {
    panel("by-size", "Size trend", "No size is known");
    return;
  }
  const change = history.at(-1) - history[0], sign = change < 0 ? "−" : "+";
  const share = history[0] ? ((Math.abs(change) / history[0]) * 100).toFixed(1) : "0.0";
  const part = share === "0.0" ? "" : ` (${sign}${share} %)`;
  panel("by-size", "Size trend", `${bytes(size)} in the newest good backups, ${change ? `${sign}${bytes(Math.abs(change))}${part}` : "no change"} in ${counted(history.length, "day")}${apart()}`,
    sizeLine(history, dates),
    asTable("Size of the newest good backups", ["Day", "Size"], history.map((value, n) => [day(dates[n]), bytes(value)])));
}

/** What SimpliVity and Acronis call a size is not the same, so a sum of both is told apart. */
function apart() {
  const known = evidence.groups.system.filter((group) => group.size !== null);
  if (known.length < 2) return "";
  const meant = { simplivity: "before deduplication", acronis: "saved by single runs" };
  return `: ${known.map((group) => `${SYSTEMS[group.name]} ${bytes(group.size)}, ${meant[group.name]}`).join("; ")}`;
}

function groups() {
  const kinds = Object.keys(KINDS).filter((kind) => evidence.groups[kind].some((group) => group.name !== null));
  if (!kinds.length) return;
  const counts = (group) => Object.keys(STATUSES).map((status) => [status, group.counts[status]]);
  const attention = (group) => group.counts.critical;
  const title = (group) => group.name === null ? "(none)" : group.kind === "system" ? SYSTEMS[group.name] : clean(group.name);
  const sheet = new Sheet(byId("groups-table"), byId("groups-below"), {
    noun: "group", size: 10, sorted: 1,
    columns: [
      { label: "Name", value: title, cell: (group) => group.name === null ? h("span", { class: "quiet" }, "(none)")
        : h("button", { type: "button", class: "link", onclick: () => machines.only(group.kind, group.name) }, h("bdi", {}, title(group))) },
      { label: "Need attention", down: true, value: attention, cell: (group) => h("span", { class: "status" }, icon(group.level), whole.format(attention(group))) },
      { label: "Machines", kind: "number", down: true, value: (group) => group.counts.machines, cell: (group) => whole.format(group.counts.machines) },
      { label: "Share", kind: "spare", cell: (group) => [share(counts(group), true), h("span", { class: "unseen" }, counts(group).filter(([, n]) => n).map(([kind, n]) => `${n} ${STATUSES[kind]}`).join(", "))] },
      { label: "Oldest", kind: "number", down: true, value: (group) => group.oldest_age === null ? -1 : group.oldest_age, cell: (group) => group.oldest_age === null ? "–" : duration(group.oldest_age) },
      { label: "Size", kind: "number", down: true, value: (group) => group.size === null ? -1 : group.size, cell: (group) => bytes(group.size) },
    ],
  });
  const show = (kind) => sheet.show(evidence.groups[kind].map((group) => ({ ...group, kind })));
  byId("groups-tools").replaceChildren(h("div", { class: "tools" }, choice("Group by", "groups", kinds.map((kind) => [kind, KINDS[kind]]), kinds[0], show)));
  show(kinds[0]);
  byId("groups").hidden = false;
}

function rules() {
  const match = (found) => Object.keys(found).length
    ? Object.entries(found).map(([kind, patterns], n) => [n ? h("br") : null, `${kind} `, name(patterns.join(", "))]) : "every machine";
  const fillTable = (table, heads, rows) => table.replaceChildren(
    h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, head)))),
    h("tbody", {}, rows.map((cells) => h("tr", {}, cells.map((cell, n) => n ? h("td", { "data-label": heads[n] }, cell) : h("th", { scope: "row" }, cell))))));
  fillTable(byId("objectives-table"), ["Objective", "For", "Age at most", "Off-site copy", "Failures tolerated"],
    evidence.objectives.map((one) => [name(one.name), match(one.match), duration(one.max_age), one.offsite_max_age === null ? "–" : duration(one.offsite_max_age), one.failures_tolerated]));
  fillTable(byId("exclusions-table"), ["Excluded", "Reason", "Until"],
    evidence.exclusions.map((one) => [match(one.match), name(one.reason), one.expired ? h("span", { class: "status" }, icon("critical"), h("span", {}, "expired ", time(one.expires))) : time(one.expires)]));
  byId("exclusions-table").parentElement.hidden = !evidence.exclusions.length;
  byId("rules").hidden = false;
}
