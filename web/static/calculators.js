// The three forms: what each asks, and the body that the server is sent. What the rules are in which
// year, and which subjects there are, comes with the page (site.calculators).
import { boxesOf } from "./cells.js";
import { node } from "./nodes.js";
import { site, text } from "./texts.js";

const SHOWN_YEARS = 16; // school years to choose from
const JULY = 6; // a school year is begun in September, but asked about from July
const GRADES = [6, 7, 8, 9, 10, 11, 12];
const { rules, since, subjects, graduation } = site.calculators;

const newest = new Date().getFullYear() - (new Date().getMonth() < JULY ? 1 : 0);
const semester = (number) => text(`calculate.semester_${number}`);
const key = (name) => name.normalize("NFC").toLowerCase().replace(/\s+/g, " ").trim();

function field(label, box, hint = null) {
  const id = box.dataset.at.replaceAll(".", "-");
  box.id = id;
  if (hint) box.setAttribute("aria-describedby", `${id}-hint`);
  return node("div", { "data-row": "" }, node("label", { for: id }, label), box,
    hint ? node("p", { class: "small", id: `${id}-hint` }, hint) : null);
}

function box(at, { label = null, mode = "decimal", known = null } = {}) {
  return node("input", { type: "text", inputmode: mode, "data-at": at, "data-key": known, "aria-label": label,
                         autocomplete: "off", spellcheck: "false", maxlength: "16" });
}

function select(at, options, { label = null, known = null } = {}) {
  return node("select", { "data-at": at, "data-key": known, "aria-label": label },
    ...options.map(([value, shown]) => node("option", { value }, shown)));
}

/** School year and grade, which choose the rules. */
function when(kept) {
  kept.school_year ??= `${newest}-${newest + 1}`;
  kept.grade ??= "12";
  const years = Array.from({ length: SHOWN_YEARS }, (_, back) => `${newest - back}-${newest - back + 1}`);
  return [
    field(text("calculate.school_year"), select("school_year", years.map((year) => [year, year]))),
    field(text("calculate.grade"),
      select("grade", GRADES.map((grade) => [grade, text("calculate.grade_of", { grade })]))),
  ];
}

function ruling(kept) {
  const year = Number(kept.school_year.slice(0, 4));
  const [, place] = since[kept.grade].findLast(([first]) => first <= year) ?? [];
  return rules[place];
}

const chosen = (kept) => ({ school_year: kept.school_year, grade: Number(kept.grade) });

const subject = {
  when,
  cells(kept) {
    const found = ruling(kept);
    if (!found) return { cells: [] };
    const semesters = [0, 1].map((place) => semesterCells(found, place));
    return { rules: found.circular, cells: [node("div", { "data-grid": "" }, ...semesters)] };
  },
  body(kept) {
    const found = ruling(kept);
    const row = (at, count) => Array.from({ length: count }, (_, place) => kept[`${at}.${place}`] ?? "");
    return { ...chosen(kept), semesters: [0, 1].map((place) => ({
      regular: row(`semesters.${place}.regular`, found.regular),
      periodic: row(`semesters.${place}.periodic`, found.periodic),
      final: kept[`semesters.${place}.final`] ?? "",
    })) };
  },
};

function semesterCells(found, place) {
  const name = semester(place + 1);
  const at = `semesters.${place}`;
  const several = (kind, count, short, long) => Array.from({ length: count }, (_, number) =>
    cell(short(number + 1), box(`${at}.${kind}.${number}`, { label: long(number + 1) })));
  const periodic = (number) => found.periodic > 1
    ? text("calculate.periodic_number", { number }) : text("calculate.periodic");
  return node("fieldset", {}, node("legend", {}, name),
    node("div", { class: "cells", "data-row": "" },
      ...several("regular", found.regular, (number) => text("calculate.regular", { number }),
        (number) => text("calculate.regular_long", { semester: name, number })),
      ...several("periodic", found.periodic, periodic,
        (number) => text("calculate.periodic_long", { semester: name, mark: periodic(number) })),
      cell(text("calculate.final"), box(`${at}.final`, { label: text("calculate.final_long", { semester: name }) }))));
}

const cell = (label, made) => node("div", {}, node("span", { class: "over", "aria-hidden": "true" }, label), made);

const year = {
  when,
  cells(kept) {
    const found = ruling(kept);
    if (!found) return { cells: [] };
    const conducts = [["", text("calculate.not_chosen")], ...found.conduct.map((level) => [level, text(`level.${level}`)])];
    const of = found.by_semester ? [1, 2] : [0];
    const labels = of.map((number) => number
      ? text(`calculate.conduct_${number}`) : text("calculate.conduct_year"));
    const scored = courses(kept).filter((one) => one.name && one.scored).map(({ name }) => [name, name]);
    return { rules: found.circular, cells: [
      courseTable(kept),
      node("button", { type: "button", class: "quiet", id: "add" }, text("calculate.add")),
      node("div", { class: "pair" },
        ...of.map((_, place) => field(labels[place], select(`conduct.${place}`, conducts, { known: conductKey(found, place) }))),
        field(text("calculate.absences"), box("absences", { mode: "numeric" })),
        found.specialised ? field(text("calculate.specialised"),
          select("specialised", [["", text("calculate.none")], ...scored])) : null),
    ] };
  },
  body(kept) {
    const found = ruling(kept);
    return {
      ...chosen(kept),
      courses: courses(kept).map(({ name, known }) => ({
        name: name ?? kept[`${known}.name`] ?? "", first: kept[`${known}.first`] ?? "", second: kept[`${known}.second`] ?? "",
      })),
      conduct: (found.by_semester ? [0, 1] : [0]).map((place) => kept[conductKey(found, place)] ?? ""),
      absences: kept.absences ?? "",
      specialised: found.specialised ? kept.specialised ?? "" : "",
    };
  },
  /** The boxes of the subject of that name; one that is not proposed gets a row. */
  row(kept, name, redraw) {
    const find = () => [...document.querySelectorAll("#cells tr[data-row]")]
      .find((row) => key(row.dataset.row || row.querySelector("[data-name]")?.value || "") === key(name));
    if (!find()) {
      const added = kept.added ?? 0;
      if (!/\p{L}{2}/u.test(name) || HEADINGS.test(name) || courses(kept).length >= MOST) return undefined;
      redraw({ added: added + 1, [`added ${added}.name`]: name });
    }
    return boxesOf(find());
  },
};

const MOST = 60; // subjects
const HEADINGS = /^(môn|subject|tên|stt|hk|học k|sem|cả năm|year)/iu;
const conductKey = (found, place) => (found.by_semester ? `conduct.${place}` : "conduct of the year");

/** The subjects of the programme of that year and grade, then those that were added. */
function courses(kept) {
  const programme = ruling(kept)?.programme === 2018 ? (Number(kept.grade) < 10 ? "lower" : "upper") : "before";
  return [
    ...subjects[programme].map(([name, scored]) => ({ name, scored, known: `subject ${name}` })),
    ...Array.from({ length: kept.added ?? 0 }, (_, place) => ({ name: null, scored: true, known: `added ${place}` })),
  ];
}

function courseTable(kept) {
  const heads = [text("calculate.subject"), text("calculate.semester_1_short"), text("calculate.semester_2_short")];
  return node("table", { class: "marks", "data-grid": "" },
    node("thead", {}, node("tr", {}, ...heads.map((head) => node("th", { scope: "col" }, head)))),
    node("tbody", {}, ...courses(kept).map((course, place) => courseRow(course, place))));
}

function courseRow({ name, scored, known }, place) {
  const at = `courses.${place}`;
  const called = name ?? text("calculate.name_of", { number: place + 1 });
  const rated = [["", text("calculate.not_rated")], ["Đ", text("calculate.rated_yes")], ["CĐ", text("calculate.rated_no")]];
  const made = ["first", "second"].map((term, number) => {
    const named = { label: text("calculate.cell_of", { subject: called, semester: semester(number + 1) }), known: `${known}.${term}` };
    return scored ? box(`${at}.${term}`, named) : select(`${at}.${term}`, rated, named);
  });
  const head = name ?? node("input", { type: "text", "data-at": `${at}.name`, "data-key": `${known}.name`, "data-name": "",
                                       maxlength: "80", autocomplete: "off", "aria-label": called });
  return node("tr", { "data-row": name ?? "" }, node("th", { scope: "row" }, head), ...made.map((one) => node("td", {}, one)));
}

const exam = {
  when(kept) {
    const last = new Date().getFullYear() + 1;
    kept.year ??= String(last - 1);
    const years = Array.from({ length: last - graduation[0].since + 1 }, (_, back) => String(last - back));
    return [field(text("calculate.exam_year"), select("year", years.map((one) => [one, one])))];
  },
  cells(kept) {
    const found = graduating(kept);
    const papers = Array.from({ length: found.papers }, (_, place) =>
      field(text(`calculate.exam_${found.since}_${place + 1}`), box(`exams.${place}`)));
    const hint = text(found.averages ? "calculate.mean_of_hint" : "calculate.mean_alone_hint");
    const means = found.grades.map((grade, place) => {
      const made = box(`grade_${grade}`, { mode: "text" });
      made.setAttribute("maxlength", "200");
      return field(text("calculate.mean_of", { grade }), made, place ? null : hint);
    });
    const points = ["", "0,25", "0,5"].map((one) => [one, one || "0"]);
    return { rules: found.circular, cells: [
      node("div", { class: "pair" }, ...papers),
      ...means,
      node("div", { class: "pair" }, field(text("calculate.extra"), box("extra")),
        field(text("calculate.priority"), select("priority", points))),
    ] };
  },
  body(kept) {
    const found = graduating(kept);
    const split = (value) => value.trim().split(/[\s;]+/).filter(Boolean).slice(0, 20);
    return {
      year: Number(kept.year),
      exams: Array.from({ length: found.papers }, (_, place) => kept[`exams.${place}`] ?? ""),
      ...Object.fromEntries(found.grades.map((grade) => [`grade_${grade}`, split(kept[`grade_${grade}`] ?? "")])),
      extra: kept.extra ?? "", priority: kept.priority ?? "",
    };
  },
};

const graduating = (kept) => graduation.findLast((one) => one.since <= Number(kept.year));

export const FORMS = { subject, year, graduation: exam };
