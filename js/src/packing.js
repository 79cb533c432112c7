// The bundle's own packing: a sixth smaller than deflate. A byte is foretold bit by bit from what came before it (its
// last 1, 2, 3, 4 and 6 bytes, and the word so far), the forecasts are mixed by weights that learn, and an arithmetic
// coder spends few bits on what was expected: context mixing, as in M. Mahoney's lpaq. Packing and unpacking run the
// same arithmetic; it stays with +, -, *, / and integers, which every engine rounds alike.

const ORDERS = [0, 1, 2, 3, 4, 6];
const MODELS = ORDERS.length + 1; // and the word
const BITS = 20; // places per model
const [RATE, START, LIMIT] = [0.01, 0.3, 20]; // of the weights; how many seen bits a forecast remembers, below 32
const STEPS = 170; // per unit of ln(p / (1 - p))

/** e to the power x, alike on every engine. */
function exp(x) {
  let power = 1 + x / 4096;
  for (let k = 0; k < 12; k++) power *= power;
  return power;
}

function hash(value) {
  const mixed = Math.imul(value, 0xc2b2ae35);
  return Math.imul(mixed ^ (mixed >>> 15), 0x9e3779b1) >>> 0;
}

/** All bytes of a text: `coded(p, k, place)` codes or reads bit `place` of byte k, which is 1 with p of 65536. */
function mix(length, coded) {
  const squash = Float64Array.from({ length: 4096 }, (_, k) => 1 / (1 + exp((2048 - k) / STEPS)));
  let near = 0;
  const stretch = Float64Array.from({ length: 4096 }, (_, k) => {
    while (near < 4095 && squash[near] < (k + 0.5) / 4096) near++;
    return (near - 2048) / STEPS;
  });
  const table = new Int32Array(MODELS << BITS).fill(2 ** 26); // 22 bits of probability, 5 of how often it was seen
  const rates = Float64Array.from({ length: 32 }, (_, count) => 1 / (count + 1.5));
  const weights = new Float64Array(MODELS << 8).fill(START);
  const [contexts, rows, says] = [new Int32Array(MODELS), new Int32Array(MODELS), new Float64Array(MODELS)];
  const inWord = Uint8Array.from({ length: 256 }, (_, code) => /[\w$-]/.test(String.fromCharCode(code)));
  const bytes = new Uint8Array(length);
  let word = 0;
  for (let k = 0; k < length; k++) {
    for (let m = 0; m < ORDERS.length; m++) {
      let context = m;
      for (let back = 1; back <= ORDERS[m]; back++) context = Math.imul(context + bytes[k - back], 0x2f0b4c47) ^ (context >>> 13);
      contexts[m] = context;
    }
    contexts[MODELS - 1] = word;
    let byte = 1;
    for (let place = 7; place >= 0; place--) {
      // The nodes of four bits stand together: one look at memory serves them all.
      if (place % 4 === 3) for (let m = 0; m < MODELS; m++) rows[m] = ((hash(contexts[m] + Math.imul(byte, 0x85ebca6b)) >>> (32 - BITS)) & ~15) + (m << BITS);
      const node = place > 3 ? byte : (byte & ((8 >> place) - 1)) | (8 >> place);
      const set = byte * MODELS;
      let sum = 0;
      for (let m = 0; m < MODELS; m++) sum += (says[m] = stretch[table[rows[m] + node] >> 15]) * weights[set + m];
      const p = squash[Math.min(Math.max((sum * STEPS + 2048.5) | 0, 1), 4094)];
      const bit = coded((p * 65534 + 1) | 0, k, place);
      const error = (bit - p) * RATE;
      for (let m = 0; m < MODELS; m++) {
        weights[set + m] += error * says[m];
        const seen = table[rows[m] + node];
        const count = seen & 31;
        const chance = seen >> 5;
        table[rows[m] + node] = ((chance + ((bit ? 2 ** 22 - 1 : 0) - chance) * rates[count]) << 5) | (count < LIMIT ? count + 1 : count);
      }
      byte = byte * 2 + bit;
    }
    bytes[k] = byte;
    word = inWord[byte & 255] ? Math.imul(word + (byte & 255), 0x2f0b4c47) : 77;
  }
  return bytes;
}

/** The part of all numbers that is left; typed, since engines box what a closure writes. */
const LOW = 0, HIGH = 1, CODE = 2;

function narrow(range, p, bit) {
  const middle = range[LOW] + Math.floor(((range[HIGH] - range[LOW]) * p) / 65536);
  const one = bit ?? (range[CODE] <= middle ? 1 : 0);
  if (one) range[HIGH] = middle;
  else range[LOW] = middle + 1;
  return one;
}

/** Whether the first byte is settled. */
const settled = (range) => ((range[LOW] ^ range[HIGH]) & 0xff000000) === 0;

function shift(range, next) {
  range[LOW] <<= 8;
  range[HIGH] = (range[HIGH] << 8) | 255;
  range[CODE] = (range[CODE] << 8) | next;
}

/** Bytes as one text: 13 bits in two of the 91 characters that JSON and HTML leave as they are (no " < > or backslash). */
export function pack(bytes) {
  const range = Uint32Array.of(0, 2 ** 32 - 1, 0);
  const out = [];
  mix(bytes.length, (p, k, place) => {
    const bit = narrow(range, p, (bytes[k] >> place) & 1);
    for (; settled(range); shift(range, 0)) out.push(range[HIGH] >>> 24);
    return bit;
  });
  out.push(range[HIGH] >>> 24, 0, 0, 0);
  const letters = Array.from({ length: 95 }, (_, k) => String.fromCharCode(32 + k)).filter((char) => !'"<>\\'.includes(char));
  let [text, held, bits] = ["", 0, 0];
  for (const byte of out) {
    held |= byte << bits;
    bits += 8;
    if (bits < 13) continue;
    text += letters[(held & 8191) % 91] + letters[Math.floor((held & 8191) / 91)];
    held >>= 13;
    bits -= 13;
  }
  return text + letters[held % 91] + letters[Math.floor(held / 91)];
}

export function unpack(text, length) {
  const range = Uint32Array.of(0, 2 ** 32 - 1, 0);
  let [at, held, bits] = [0, 0, 0];
  const letter = () => ((code) => code - 32 - (code > 34) - (code > 60) - (code > 62) - (code > 92))(text.charCodeAt(at++));
  const next = () => {
    if (bits < 8) {
      held |= (letter() + 91 * letter()) << bits;
      bits += 13;
    }
    const byte = held & 255;
    held >>= 8;
    bits -= 8;
    return byte;
  };
  for (let k = 0; k < 4; k++) range[CODE] = (range[CODE] << 8) | next();
  return mix(length, (p) => {
    const bit = narrow(range, p);
    for (; settled(range); ) shift(range, next());
    return bit;
  });
}
