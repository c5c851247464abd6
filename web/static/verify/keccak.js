// Ethereum's hash. The code is @noble/hashes (MIT), fetched at build time (`scripts/make_assets.sh`).
export { keccak_256 as keccak } from "../vendor/noble/sha3.js";
