// Copyright: (c) 2026, safehold.backup contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Numbers, times and names for people.

const LEVELS = ["critical", "warning", "ok", "none"];
const STATUSES = { protected: "Protected", stale: "Stale", failed: "Failed", never: "Never backed up", excluded: "Excluded" };
const SYSTEMS = { simplivity: "SimpliVity", acronis: "Acronis" };
const DAYS = { s: "good", w: "good with a warning or a failure", f: "failed", r: "under way", "-": "no attempt" };
const KINDS = { tenant: "Tenant", cluster: "Cluster", policy: "Policy", system: "System" };

const whole = new Intl.NumberFormat("en");

function counted(number, one, many = one + "s") {
  return `${whole.format(number)} ${number === 1 ? one : many}`;
}

/** Seconds as their two largest parts: "2 d 3 h". */
function duration(seconds) {
  const parts = [];
  for (const [unit, length] of [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]]) {
    const number = Math.floor(seconds / length);
    seconds -= number * length;
    if (number) parts.push(`${number}\u00a0${unit}`);
  }
  return parts.slice(0, 2).join(" ") || "0\u00a0s";
}

/** Bytes: "1.2 TB". */
function bytes(number) {
  if (number === null) return "–";
  const units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
  let unit = 0;
  for (; number >= 999.5 && unit < units.length - 1; unit++) number /= 1000;
  return `${number >= 99.5 || !unit ? Math.round(number) : number.toFixed(1)}\u00a0${units[unit]}`;
}

function clock(zone) {
  const form = { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" };
  try {
    return new Intl.DateTimeFormat("en-GB", { ...form, timeZone: zone });
  } catch {
    return new Intl.DateTimeFormat("en-GB", { ...form, timeZone: "UTC" }); // a zone that this browser does not know
  }
}

const dayForm = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

/** "2026-03-16" as "16 Mar". */
function day(text) {
  return dayForm.format(new Date(`${text}T00:00:00Z`));
}

/** Numbers stay on the line of their units. */
function tidy(text) {
  return clean(text).replace(/(\d) (?=(d|h|min|s|\w?B)\b)/g, "$1\u00a0");
}

function sentence(text) {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** A name or a text from elsewhere: what cannot be seen, or turns the direction of writing, is shown as an escape. */
function clean(text) {
  return String(text).replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, (sign) => {
    const code = sign.codePointAt(0).toString(16);
    return code.length > 4 ? `\\U${code.padStart(8, "0")}` : code.length > 2 ? `\\u${code.padStart(4, "0")}` : `\\x${code.padStart(2, "0")}`;
  });
}
