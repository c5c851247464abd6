// What can be done with a verdict: check another, try again, print, take a receipt, report.
import { aboutText } from "./asking.js";
import { button, node } from "./nodes.js";
import { save } from "./saving.js";
import { said, site, text } from "./texts.js";

const RECEIPTS = [["application/pdf", "page.receipt_pdf", "pdf"],
                  ["application/json", "page.receipt_json", "json"]];
const SIGNED = ["/api/verify", "/api/verify-number"]; // what they take, `/api/receipts` takes too
const REPORT = "report"; // sessionStorage: what `/report` is about; never in an address

/**
 * The row below a verdict. `back` leads to the list that it came from, `begin` to the start, `check`
 * takes a request to its own verdict.
 */
export function actions({ request, found, again, begin, check, back }) {
  const { answer, judgement } = found;
  const open = (!answer && !judgement) || answer?.verdict === "UNDETERMINED";
  return node("div", { class: "below" },
    back ? button(text("page.several_back"), back, "main") : null,
    ...(answer?.reason === "superseded" && site.successors ? succession(request, check) : []),
    open ? button(text("page.retry"), again, back ? null : "main") : null,
    button(text("page.again"), begin, back || open ? null : "main"),
    answer || judgement ? button(text("page.print"), () => window.print(), "quiet") : null,
    ...(signable(request, answer) ? receipts(request) : []),
    answer && !answer.offline && site.reports ? reporting(request, found) : null);
}

/** A button that verifies what took this one's place. */
function succession({ body, type }, check) {
  const trouble = node("p", { class: "fault", role: "alert", hidden: "" });
  const follow = async () => {
    const found = await fetch("/api/successor", {
      method: "POST", body, headers: { "Content-Type": type }, cache: "no-store",
    }).then((response) => response.json()).catch(() => ({}));
    if (found.text) return check(aboutText({ send: found.text, elsewhere: null }));
    trouble.textContent = found.detail ? said({ vi: found.detail, en: found.detail_en })
      : text("page.lost_title");
    trouble.hidden = false;
  };
  return [button(text("page.successor"), follow), trouble];
}

/** Whether the server can give a receipt: it verifies the same thing anew. */
function signable({ address }, answer) {
  return answer && !answer.offline && site.receipts && SIGNED.includes(address);
}

function receipts(request) {
  const trouble = node("p", { class: "fault", role: "alert", hidden: "" });
  const buttons = RECEIPTS.map(([accept, label, ending]) =>
    button(text(label), ({ currentTarget }) => take(request, accept, ending, currentTarget, trouble),
      "quiet"));
  return [...buttons, trouble];
}

async function take({ body, type }, accept, ending, pressed, trouble) {
  pressed.disabled = true;
  trouble.hidden = true;
  try {
    const response = await fetch("/api/receipts", {
      method: "POST", body, headers: { "Content-Type": type, Accept: accept }, cache: "no-store",
    });
    if (response.ok) save(await response.blob(), `bien-nhan-kiem-tra.${ending}`);
    else tell(trouble, await response.json());
  } catch {
    tell(trouble);
  }
  pressed.disabled = false;
}

/** Why there is none: asked too often is worth knowing, what is wrong with this site is not. */
function tell(trouble, { status = 500, detail, detail_en } = {}) {
  trouble.textContent = status < 500 ? said({ vi: detail, en: detail_en }) : text("page.receipt_failed");
  trouble.hidden = false;
}

function reporting(request, found) {
  const link = node("a", { class: "button quiet", href: "/report" }, text("page.report"));
  link.addEventListener("click", () => {
    try {
      sessionStorage.setItem(REPORT, JSON.stringify(subject(request, found)));
    } catch {
      // Without it, the report page asks for what it needs.
    }
  });
  return link;
}

/**
 * What a report is about (`report.js`): the verdict and the document's numbers, and the text that
 * was verified, so that it can be verified anew.
 */
function subject({ body }, { answer, at }) {
  const [first] = answer.reports;
  const sent = typeof body === "string" ? JSON.parse(body).text : undefined;
  return {
    ...(sent ? { send: sent } : {}),
    verdict: answer.verdict, reason: answer.reason, checked_at: at.toISOString(),
    digests: answer.reports.map((report) => report.digest),
    kind: first?.kind ?? "", school_name: first?.school_name ?? "",
    serial: first?.document.serial ?? null, register_no: first?.document.register_no ?? null,
  };
}
