// Copyright: (c) 2026, safehold.backup contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// The table of machines: what is searched, what filters, and what unfolds.

const BADNESS = { critical: 30, warning: 20, ok: 10, none: 0 };
const WORSE = { never: 4, failed: 3, stale: 2, protected: 1, excluded: 0 };

const FILTERS = [
  ["all", "All", () => true],
  ["critical", "Need attention", (one) => one.level === "critical"],
  ["warning", "With a warning", (one) => one.level === "warning"],
  ...Object.entries(STATUSES).map(([status, word]) => [status, word, (one) => one.status === status]),
];

class Machines {
  constructor(evidence, time) {
    this.all = evidence.machines;
    this.dates = evidence.window.days;
    this.time = time;
    this.words = "";
    this.chosen = { filter: "all", tenant: "", cluster: "", policy: "", system: "" };
    this.cause = null;
    this.texts = new Map();
    this.sheet = new Sheet(byId("machines-table"), byId("machines-below"), {
      noun: "machine", columns: this.columns(), more: (one) => this.details(one), sorted: 2,
    });
    this.tools(byId("machines-tools"));
    byId("machines-intro").textContent = "A click on a machine unfolds what is known of it.";
    this.choose("filter", ["critical", "warning"].find((level) => this.all.some((one) => one.level === level)) || "all");
  }

  columns() {
    return [
      { label: "Machine", kind: "c-name", value: (one) => one.name, cell: (one) => name(one.name) },
      { label: "Where", kind: "c-place", value: (one) => [one.tenant || one.cluster || "", one.policy || ""].join("\n"),
        cell: (one) => [place(one), one.policy ? h("span", { class: "sub plain" }, name(one.policy)) : null] },
      { label: "Status", kind: "c-status", down: true, value: (one) => BADNESS[one.level] + WORSE[one.status], cell: status },
      { label: `Last ${counted(this.dates.length, "day")}`, kind: "c-days", down: true, value: (one) => one.attempts.failed,
        cell: (one) => strip(one.days, this.dates) },
      { label: "Age", kind: "c-age", down: true, value: (one) => one.age === null ? Infinity : one.age, cell: age },
      { label: "Size", kind: "c-size number", down: true, value: (one) => one.size === null ? -1 : one.size, cell: (one) => bytes(one.size) },
    ];
  }

  tools(place) {
    const counts = new Map(FILTERS.map(([key, , fits]) => [key, this.all.filter(fits).length]));
    this.search = h("input", { type: "search", id: "search", autocomplete: "off", spellcheck: "false", oninput: () => {
      this.words = this.search.value;
      this.draw();
    } });
    this.selects = Object.entries(KINDS).map(([kind, word]) => {
      const names = [...new Set(this.all.map((one) => one[kind]))].filter((one) => one !== null).sort(collator.compare);
      if (names.length < 2) return null;
      return h("div", { class: "pick" }, h("label", { for: `pick-${kind}` }, word), h("select", { id: `pick-${kind}`, name: kind, onchange: (event) => this.choose(kind, event.target.value) },
        h("option", { value: "" }, "All"),
        names.map((one) => h("option", { value: one }, kind === "system" ? SYSTEMS[one] : clean(one)))));
    });
    this.limits = h("p", { class: "small", hidden: true });
    place.replaceChildren(
      h("div", { class: "tools" }, choice("Which machines", "filter",
        FILTERS.filter(([key]) => key === "all" || counts.get(key)).map(([key, word]) => [key, `${word} `, h("span", { class: "quiet" }, whole.format(counts.get(key)))]),
        this.chosen.filter, (key) => this.choose("filter", key))),
      h("div", { class: "tools" }, h("div", { class: "search" }, h("label", { for: "search" }, "Search names, places, policies and causes"), this.search), this.selects),
      this.limits);
  }

  /** Sets one filter, and shows in the tools what is set. */
  choose(kind, value) {
    this.chosen[kind] = value;
    for (const one of byId("machines-tools").querySelectorAll("input[name=filter]")) one.checked = one.value === this.chosen.filter;
    for (const one of byId("machines-tools").querySelectorAll("select")) one.value = this.chosen[one.name];
    this.draw();
  }

  /** From elsewhere on the page: only this filter, and the table is where one goes on reading. */
  only(kind, value) {
    this.words = this.search.value = "";
    this.cause = kind === "cause" ? value : null;
    this.chosen = { filter: "all", tenant: "", cluster: "", policy: "", system: "" };
    this.choose(kind === "cause" ? "filter" : kind, kind === "cause" ? "all" : value);
    byId("machines").scrollIntoView();
    byId("machines").focus({ preventScroll: true });
  }

  draw() {
    const words = this.words.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = FILTERS.find(([key]) => key === this.chosen.filter)[2];
    const kinds = Object.keys(KINDS).filter((kind) => this.chosen[kind]);
    this.limits.hidden = !this.cause;
    if (this.cause) {
      this.limits.replaceChildren("Only machines with this cause: ", name(this.cause.cause), " ",
        h("button", { type: "button", class: "link", onclick: () => { this.cause = null; this.draw(); this.search.focus(); } }, "Show all"));
    }
    const keys = this.cause && new Set(this.cause.machines);
    this.sheet.show(this.all.filter((one) => fits(one) && kinds.every((kind) => one[kind] === this.chosen[kind])
      && (!keys || keys.has(one.key)) && words.every((word) => this.text(one).includes(word))), this.all.length);
  }

  text(one) {
    if (!this.texts.has(one)) {
      const found = [one.name, one.tenant, one.cluster, ...one.policies, one.system, STATUSES[one.status], one.objective.name,
        ...one.findings.map((finding) => finding.text), ...one.causes.map((cause) => cause.cause), one.exclusion && one.exclusion.reason];
      this.texts.set(one, found.filter(Boolean).join("\n").toLowerCase());
    }
    return this.texts.get(one);
  }

  details(one) {
    const at = (text) => this.time(text);
    const entry = (word, ...content) => content.some((part) => part !== null && part !== "") && h("div", {}, h("dt", {}, word), h("dd", {}, content));
    const quiet = (text) => text ? h("span", { class: "sub plain" }, name(text)) : null;
    const { last_success: good, last_failure: bad, offsite, exclusion, objective, streak } = one;
    const asked = [`at most ${duration(objective.max_age)} old`, objective.offsite_max_age === null ? null : `an off-site copy at most ${duration(objective.offsite_max_age)} old`,
      objective.failures_tolerated ? `${counted(objective.failures_tolerated, "failure")} in a row tolerated` : null].filter(Boolean).join(", ");
    return h("dl", {},
      one.findings.length > 0 && h("div", { class: "wide" }, h("dt", {}, "Findings"), h("dd", {}, h("ul", {},
        one.findings.map((finding) => h("li", {}, icon(finding.level), h("span", {}, sentence(tidy(finding.text)))))))),
      entry("Last good backup", good ? [at(good.at), quiet(good.name), quiet(good.warning)] : "None is known"),
      bad && entry("Last failure", at(bad.at), h("span", { class: "sub" }, name(bad.cause)), quiet(bad.code)),
      entry("Attempts in these days", attempts(one.attempts),
        streak.failures > 1 ? h("span", { class: "sub plain" }, `The last ${streak.failures} failed`) : null,
        streak.recovered ? h("span", { class: "sub plain" }, `Recovered after ${counted(streak.failures_before, "failure")} in a row`) : null),
      one.running_since && entry("Under way since", at(one.running_since)),
      entry("Objective", name(objective.name), h("span", { class: "sub" }, asked)),
      one.policies.length > 1 && entry("Plans", one.plans.filter((row) => one.policies.includes(row.name) || row.is_backup).map(plan)),
      exclusion && entry(exclusion.expired ? "Exclusion, expired" : "Excluded", name(exclusion.reason), h("span", { class: "sub plain" }, "until ", at(exclusion.expires))),
      offsite && entry("Off-site copies", whole.format(offsite.copies), offsite.places.map(quiet), offsite.age === null ? null : h("span", { class: "sub plain" }, `the newest is ${duration(offsite.age)} old`)),
      one.backups !== null && entry("Backups to restore from", whole.format(one.backups)),
      entry("Size", bytes(one.size), spark(one.size_history)),
      one.previous && one.previous.status !== one.status && entry("In the report before", STATUSES[one.previous.status]),
      entry("System", SYSTEMS[one.system], quiet(one.kind), one.tenant && one.cluster ? quiet(one.cluster) : null));
  }
}

function plan(one) {
  const ended = [one.age === null ? "no good backup is known" : `the newest good backup is ${duration(one.age)} old`,
    one.streak.failures ? one.streak.failures > 1 ? `the last ${one.streak.failures} failed` : "the last one failed" : null];
  const excluded = one.exclusion && !one.exclusion.expired;
  if (!one.status) ended.push(excluded ? "excluded" : one.is_applied === false ? "not applied any more" : "not judged");
  else if (one.age !== null) ended[0] += ` of ${duration(one.objective.max_age)} allowed`;
  return h("span", { class: "sub" }, one.name ? name(one.name) : "Without a plan", `: ${ended.filter(Boolean).join(", ")}`);
}

function place(one) {
  return one.tenant || one.cluster ? name(one.tenant || one.cluster) : SYSTEMS[one.system];
}

function attempts({ succeeded, warned, failed }) {
  const parts = [[succeeded, "good"], [warned, "with a warning"], [failed, "failed"]].filter(([number]) => number);
  return parts.map(([number, word]) => `${whole.format(number)} ${word}`).join(", ") || "None";
}

function status(one) {
  const worst = one.findings.filter((finding) => finding.level === one.level), others = one.findings.length - worst.length;
  const said = worst.length ? worst.map((finding) => finding.text).join("; ") : one.exclusion ? one.exclusion.reason
    : one.streak.recovered ? `recovered after ${counted(one.streak.failures_before, "failure")} in a row` : one.running_since ? "a backup is under way" : "";
  const but = one.status === "protected" && one.findings.length > 0;
  return [
    h("span", { class: "status" }, icon(one.level), STATUSES[one.status], but ? ", but" : null),
    said ? h("span", { class: but ? "sub plain clip" : "sub clip" }, tidy(said), others ? ` (and ${others} more)` : null) : null,
  ];
}

function age(one) {
  const limit = one.objective.max_age;
  const kind = one.status === "excluded" ? "excluded" : one.age === null ? "never" : one.age > limit ? "failed" : "protected";
  return h("div", { class: "age" }, one.age === null ? "never" : duration(one.age),
    one.status === "excluded" ? null : [h("span", { class: "unseen" }, ` of ${duration(limit)} allowed`), ageBar(one.age, limit, kind)]);
}
