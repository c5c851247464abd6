// @sd-jwt/sd-jwt-vc: records from standard input, one a line; their SD-JWTs, of the same structure as ours.
// Answers with a line of JSON: how many, CPU seconds, bytes of the longest.
import { createInterface } from "node:readline";
import { SDJwtVcInstance } from "@sd-jwt/sd-jwt-vc";
import { ES256, digest, generateSalt } from "@sd-jwt/crypto-nodejs";

const PAD = 8;
const { privateKey } = await ES256.generateKeyPair();
const issuer = new SDJwtVcInstance({
  signer: await ES256.getSigner(privateKey), signAlg: "ES256", hasher: digest, hashAlg: "sha-256",
  saltGenerator: generateSalt,
});
const filled = (names) => ({ _sd: names, _sd_decoy: (PAD - (names.length % PAD)) % PAD });

function frameOf(hidden) {
  const groups = Object.entries(hidden).filter(([, value]) => typeof value === "object");
  return { ...filled(Object.keys(hidden)), ...Object.fromEntries(groups.map(([name, rows]) => [name, filled(Object.keys(rows))])) };
}

const records = [];
for await (const line of createInterface({ input: process.stdin })) records.push(JSON.parse(line));
const issue = ({ plain, hidden }) => issuer.issue({ ...plain, ...hidden }, frameOf(hidden));
for (const record of records.slice(0, 50)) await issue(record); // what is compiled while it runs
let longest = 0;
const before = process.cpuUsage();
for (const record of records) longest = Math.max(longest, (await issue(record)).length);
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ count: records.length, seconds: (user + system) / 1e6, bytes: longest }));
