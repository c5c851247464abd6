// Step 1, decode (`verifier/artefact.py`): both artefacts look the same from here on.
import { FormatError, hex, utf8 } from "./bytes.js";
import { leafHash } from "./merkle.js";
import { deploymentTag, looksLikeLink, parse as parseToken, tokenOf } from "./qr.js";
import { parse as parseSdJwt } from "./sdjwt.js";
import { dateOfIso, printed, wholeDate } from "./text.js";

const KINDS = { 1: "thpt-diploma", 2: "transcript", 3: "transfer-record", 4: "digitised-diploma", 5: "certified-copy" };

/** An artefact from a link, digits or an SD-JWT. Throws FormatError `qr.*` and `sdjwt.*`. */
export async function decode(input, deployment) {
  const text = input.trim();
  if (looksLikeLink(text)) return fromToken(tokenOf(text), deployment);
  if (text.includes("~")) return fromSdJwt(text, deployment);
  throw new FormatError("qr.not_ours");
}

async function fromToken(raw, deployment) {
  const { alg, kid, claims, signedBy } = parseToken(raw);
  const { school, seq, index } = claims;
  return {
    kind: "qr", alg, type: claims.type, typeKey: KINDS[claims.type], school, place: { seq, index }, kid,
    leaf: await leafHash(raw), leafIndex: 2 * index + 1, committed: true, partial: false,
    ours: hex(claims.deployment) === hex(await deploymentTag(deployment)),
    signedBy: (key) => signedBy(key, deployment),
    sdJwt: claims.sdJwt ?? null,
    document: shown({
      name: claims.name, birth_date: printed(claims.birth), serial: claims.serial,
      register_no: claims.registerNo, year: claims.year, issued: printed(claims.issued),
      classification: claims.classification, grade: claims.grade, study: claims.study,
      conduct: claims.conduct, origin_issued: claims.originIssued && printed(claims.originIssued),
      origin_register_no: claims.originNo,
    }),
  };
}

async function fromSdJwt(text, deployment) {
  const found = await parseSdJwt(text);
  const { credential: body, iss } = found.payload;
  const { school, seq, index } = body;
  const birth = found.disclosed.birth_date;
  const dated = birth === undefined ? {} : { birth_date: printed(dateOfIso(String(birth))) };
  return {
    kind: "sd-jwt", alg: found.alg, type: found.type, typeKey: KINDS[found.type], school,
    place: { seq, index }, kid: found.kid, leaf: await leafHash(utf8(found.jwt)), leafIndex: 2 * index,
    committed: found.committed, partial: found.partial,
    ours: iss === `urn:sogoc:${deployment.chainId}:${hex(deployment.contract)}:${school}`,
    signedBy: found.signedBy, sdJwt: found.digest, holderKey: found.holderKey, binding: found.binding,
    document: shown({
      ...found.disclosed, ...dated, serial: body.serial, register_no: body.register_no,
      year: body.year, issued: printed(wholeDate(body.issued)),
      decision: body.decision, grade: body.grade, school_year: body.school_year, ...outcomes(found.outcomes),
      ...origin(body.origin), results: found.results.length ? found.results : undefined,
    }),
  };
}

/** Those of the year by name (`study`), those of a semester with it (`study_hk1`). */
function outcomes(shown_) {
  return Object.fromEntries(Object.entries(shown_).map(([name, value]) => {
    const [what, term] = name.split(".").reverse();
    return [term && term !== "CN" ? `${what}_${term.toLowerCase()}` : what, value];
  }));
}

/** What a document says of the diploma that it speaks of. */
function origin(said) {
  return said && {
    origin_document: said.document, origin_issuer: said.issuer, origin_issued: printed(dateOfIso(said.issued)),
    origin_book: said.book, origin_page: said.page, origin_register_no: said.register_no,
  };
}

function shown(fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
