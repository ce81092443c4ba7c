// Draws tokens, exact in integers: the same token from the same logits as the engine's reference, bit for bit. One block of 512
// threads a draw.
//
// What a chain keeps is mostly a few of many tokens. So the first stage that cuts counts tokens by their distance from the highest
// logit, takes the top of them into shared memory and sorts them there; all later stages look at that list alone. Where it is too
// short, because the distribution is flat, digits of the order are searched over the whole row instead.
#define THREADS 512
#define WARPS 16
#define BINS 512
#define BIN_WIDTH 0.0625f
#define SHORT_LIST 1024
#define LONG_LIST 4096
#define NO_CANDIDATE __int_as_float(0x7fffffff)
#define INFINITE __int_as_float(0x7f800000)

enum { OK = 0, BROKEN = 1, EMPTY = 2 };
enum { ADJUST = 1, TEMPERATURE = 2, TOP_K = 3, TOP_P = 5, MIN_P = 6 };
#define GREEDY_BELOW 1e-5f

// seed and index are whole words of the generator's key and counter; mask < 0: none.
struct Draw {
  int row, target, mask, chain, chain_end, number;
  u32 seed_low, seed_high, index_low, index_high;
};

struct Stage {
  int kind;
  float param;
  int adjust, adjust_end;
};

struct Adjustment {
  int token;
  float mul, add;
  int unused;
};

struct Board {
  u64 list[LONG_LIST];  // key of a token, and its id inverted: descending in order
  u64 sums[WARPS][16];
  u64 total[16];
  u64 word;
  u32 bins[BINS];
  u32 listed;
  int found;
};

// Logits that may be drawn: those of a row that are finite and allowed by its mask; or, once they are changed, what is not NaN in a copy.
struct Source {
  const float* z;
  const u64* mask;
  bool copied;
};

DEV bool is_candidate(float z) { return z == z; }

// Ascends with z; both zeros are equal.
DEV u32 order(float z) {
  u32 bits = __float_as_uint(z + 0.f);
  return bits >> 31 ? ~bits : bits | 0x80000000u;
}

DEV float ordered(u32 key) { return __uint_as_float(key >> 31 ? key & 0x7fffffffu : ~key); }

DEV u64 entry(float z, int id) { return (u64)order(z) << 32 | (u32)~id; }
DEV float logit_of(u64 entry) { return ordered((u32)(entry >> 32)); }
DEV int id_of(u64 entry) { return (int)~(u32)entry; }

DEV u64 shuffled(u64 v, int away) { return __shfl_xor_sync(ALL_LANES, v, away); }

DEV u64 warp_total(u64 v) {
  for (int away = 16; away > 0; away >>= 1) v += shuffled(v, away);
  return v;
}

// Sum over the lanes up to and with this one.
DEV u64 warp_scan(u64 v) {
  int lane = threadIdx.x & 31;
  for (int away = 1; away < 32; away <<= 1) {
    u64 below = __shfl_up_sync(ALL_LANES, v, away);
    if (lane >= away) v += below;
  }
  return v;
}

DEV u64 block_sum(Board& board, u64 v) {
  v = warp_total(v);
  __syncthreads();
  if ((threadIdx.x & 31) == 0) board.sums[threadIdx.x >> 5][0] = v;
  __syncthreads();
  u64 all = 0;
  for (int w = 0; w < WARPS; w++) all += board.sums[w][0];
  return all;
}

// Sum over the threads up to and with this one.
DEV u64 block_scan(Board& board, u64 v) {
  int warp = threadIdx.x >> 5;
  u64 sum = warp_scan(v);
  __syncthreads();
  if ((threadIdx.x & 31) == 31) board.sums[warp][0] = sum;
  __syncthreads();
  for (int w = 0; w < warp; w++) sum += board.sums[w][0];
  return sum;
}

DEV u64 block_max(Board& board, u64 v) {
  for (int away = 16; away > 0; away >>= 1) {
    u64 other = shuffled(v, away);
    v = other > v ? other : v;
  }
  __syncthreads();
  if ((threadIdx.x & 31) == 0) board.sums[threadIdx.x >> 5][0] = v;
  __syncthreads();
  u64 best = 0;
  for (int w = 0; w < WARPS; w++) best = board.sums[w][0] > best ? board.sums[w][0] : best;
  return best;
}

// Weight of a token: 2^40 for the highest logit. Every product and sum is rounded by itself.
struct Weigher {
  float max, inverse;
  DEV_MEMBER u64 operator()(float z) const {
    float y = __fmul_rn(__fsub_rn(z, max), inverse);
    float x = __fmul_rn(y, 0x1.715476p0f);
    x = x > -64.f ? x : -64.f;
    int n = (int)x;
    n = (float)n > x ? n - 1 : n;
    float f = __fsub_rn(x, (float)n);
    float r = 0x1.c54640p-13f;
    r = __fadd_rn(0x1.46d326p-10f, __fmul_rn(f, r));
    r = __fadd_rn(0x1.3d0c40p-7f, __fmul_rn(f, r));
    r = __fadd_rn(0x1.c688f0p-5f, __fmul_rn(f, r));
    r = __fadd_rn(0x1.ebfd5ap-3f, __fmul_rn(f, r));
    r = __fadd_rn(0x1.62e42cp-1f, __fmul_rn(f, r));
    r = __fadd_rn(1.f, __fmul_rn(f, r));
    u32 bits = __float_as_uint(r);
    u64 mantissa = (bits & 0x7fffffu) | 0x800000u;
    int shift = n + 40 - 23 + (int)(bits >> 23) - 127;
    return shift >= 0 ? mantissa << shift : mantissa >> -shift;
  }
};

struct One {
  DEV_MEMBER u64 operator()(float z) const { return 1; }
};

struct Tie {
  u32 key;
  DEV_MEMBER u64 operator()(float z) const { return order(z) == key ? 1 : 0; }
};


// Tokens of a warp: a stretch of ids, four a lane at a time.
DEV int stretch(int vocab) { return ((vocab + WARPS - 1) / WARPS + 127) / 128 * 128; }

DEV Float4 four(const Source& source, int id, int vocab) {
  Float4 v = {NO_CANDIDATE, NO_CANDIDATE, NO_CANDIDATE, NO_CANDIDATE};
  if (id + 4 <= vocab && (vocab & 3) == 0) {
    v = *(const Float4*)(source.z + id);
  } else {
    if (id < vocab) v.x = source.z[id];
    if (id + 1 < vocab) v.y = source.z[id + 1];
    if (id + 2 < vocab) v.z = source.z[id + 2];
    if (id + 3 < vocab) v.w = source.z[id + 3];
  }
  return v;
}

DEV float candidate(const Source& source, float z, u32 allowed) {
  if (!source.copied && !(z > -INFINITE)) z = NO_CANDIDATE;
  return allowed & 1 ? z : NO_CANDIDATE;
}

// Calls f(id, logit) for each candidate; a warp has ids from `from` to `to`.
template <class F>
DEV void each_of(const Source& source, int vocab, int from, int to, const F& f) {
  int lane = threadIdx.x & 31;
#pragma unroll 1
  for (int base = from; base < to; base += 256) {
    Float4 v[2];
#pragma unroll
    for (int i = 0; i < 2; i++) v[i] = four(source, base + 128 * i + 4 * lane, base + 128 * i < to ? vocab : 0);
#pragma unroll
    for (int i = 0; i < 2; i++) {
      int id = base + 128 * i + 4 * lane;
      u32 allowed = 15;
      if (source.mask && id < vocab) allowed = (u32)(source.mask[id >> 6] >> (id & 63));
      float z0 = candidate(source, v[i].x, allowed), z1 = candidate(source, v[i].y, allowed >> 1);
      float z2 = candidate(source, v[i].z, allowed >> 2), z3 = candidate(source, v[i].w, allowed >> 3);
      if (is_candidate(z0)) f(id, z0);
      if (is_candidate(z1)) f(id + 1, z1);
      if (is_candidate(z2)) f(id + 2, z2);
      if (is_candidate(z3)) f(id + 3, z3);
    }
  }
}

template <class F>
DEV void each(const Source& source, int vocab, const F& f) {
  int span = stretch(vocab);
  int from = (threadIdx.x >> 5) * span;
  each_of(source, vocab, from, from + span < vocab ? from + span : vocab, f);
}

// Highest of the order: its key and, in the lower half, its id inverted; 0 if there is no candidate.
DEV u64 first_of(Board& board, const Source& source, int vocab) {
  u64 best = 0;
  each(source, vocab, [&](int id, float z) {
    u64 e = entry(z, id);
    best = e > best ? e : best;
  });
  return block_max(board, best);
}

// Leaves the sum of each warp's stretch in board.sums, and returns the sum of all.
template <class W>
DEV u64 stretch_sums(Board& board, const Source& source, int vocab, const W& weight) {
  u64 sum = 0;
  each(source, vocab, [&](int id, float z) { sum += weight(z); });
  return block_sum(board, sum);
}

// Smallest id whose sum of weights up to and with it exceeds `place`, after stretch_sums; -1 if there is none. The stretch that has it
// is cut into one piece a warp, and the piece that has it is gone through in order.
template <class W>
DEV int pick(Board& board, const Source& source, int vocab, const W& weight, u64 place) {
  int lane = threadIdx.x & 31;
  int warp = threadIdx.x >> 5;
  int span = stretch(vocab);
  u64 before = 0;
  int owner = 0;
  while (owner < WARPS && before + board.sums[owner][0] <= place) before += board.sums[owner++][0];
  if (owner == WARPS) return -1;
  int piece = (span / WARPS + 31) / 32 * 32;
  int end = (owner + 1) * span < vocab ? (owner + 1) * span : vocab;
  int from = owner * span + warp * piece;
  int to = from + piece < end ? from + piece : end;
  u64 mine = 0;
#pragma unroll 1
  for (int id = from + lane; id < to; id += 32) {
    float z = candidate(source, source.z[id], source.mask ? (u32)(source.mask[id >> 6] >> (id & 63)) : 1);
    if (is_candidate(z)) mine += weight(z);
  }
  mine = warp_total(mine);
  __syncthreads();
  if (lane == 0) board.sums[warp][0] = mine;
  __syncthreads();
  int part = 0;
  while (part + 1 < WARPS && before + board.sums[part][0] <= place) before += board.sums[part++][0];
  if (warp == part) {
    for (int base = from; base < to; base += 32) {
      int id = base + lane;
      float z = NO_CANDIDATE;
      if (id < to) z = candidate(source, source.z[id], source.mask ? (u32)(source.mask[id >> 6] >> (id & 63)) : 1);
      u64 own = is_candidate(z) ? weight(z) : 0;
      u64 sum = warp_scan(own);
      bool past = before + sum > place;
      // the first such lane: those before it do not exceed
      if (past && before + sum - own <= place) board.found = id;
      if (__any_sync(ALL_LANES, past)) break;
      before += __shfl_sync(ALL_LANES, sum, 31);
    }
  }
  __syncthreads();
  return board.found;
}

// Keeps, in a copy, the shortest prefix in order (z descending, id ascending) whose weight reaches `target`.
template <class W>
DEV void keep_prefix(Board& board, float* z, int vocab, const W& weight, u64 target) {
  Source source = {z, 0, true};
  u32 key = 0;
  u64 above = 0;
  for (int shift = 28; shift >= 0; shift -= 4) {
    u64 sums[16];
#pragma unroll
    for (int b = 0; b < 16; b++) sums[b] = 0;
#pragma unroll 1
    for (int id = threadIdx.x; id < vocab; id += THREADS) {
      float v = z[id];
      if (!is_candidate(v)) continue;
      u32 k = order(v);
      if (shift < 28 && (k >> (shift + 4)) != (key >> (shift + 4))) continue;
      u32 digit = k >> shift & 15;
      u64 w = weight(v);
#pragma unroll
      for (int b = 0; b < 16; b++) sums[b] += digit == b ? w : 0;
    }
    __syncthreads();
#pragma unroll
    for (int b = 0; b < 16; b++) {
      u64 v = warp_total(sums[b]);
      if ((threadIdx.x & 31) == 0) board.sums[threadIdx.x >> 5][b] = v;
    }
    __syncthreads();
    if (threadIdx.x < 16) {
      u64 all = 0;
      for (int w = 0; w < WARPS; w++) all += board.sums[w][threadIdx.x];
      board.total[threadIdx.x] = all;
    }
    __syncthreads();
    u32 digit = 15;
    while (digit > 0 && above + board.total[digit] < target) above += board.total[digit--];
    key |= digit << shift;
  }
  // all ties weigh the same, so the number of them that is needed follows by division
  u64 tie_weight = weight(ordered(key));
  u64 needed = tie_weight == 0 ? 1 : (target - above + tie_weight - 1) / tie_weight;
  Tie tie = {key};
  stretch_sums(board, source, vocab, tie);
  int last = pick(board, source, vocab, tie, needed - 1);
#pragma unroll 1
  for (int id = threadIdx.x; id < vocab; id += THREADS) {
    float v = z[id];
    if (!is_candidate(v)) continue;
    u32 k = order(v);
    if (k < key || (k == key && last >= 0 && id > last)) z[id] = NO_CANDIDATE;
  }
  __syncthreads();
}

// Descending; n is a power of two.
DEV void sort(Board& board, int n) {
  for (int size = 2; size <= n; size <<= 1) {
    for (int away = size >> 1; away > 0; away >>= 1) {
      __syncthreads();
#pragma unroll 1
      for (int t = threadIdx.x; t < n >> 1; t += THREADS) {
        int i = (t & ~(away - 1)) << 1 | (t & (away - 1));
        u64 a = board.list[i], b = board.list[i + away];
        if ((a < b) == ((i & size) == 0)) {
          board.list[i] = b;
          board.list[i + away] = a;
        }
      }
    }
  }
  __syncthreads();
}

DEV int fill_up(Board& board, int n) {
  int size = 1;
  while (size < n) size <<= 1;
  for (int i = n + threadIdx.x; i < size; i += THREADS) board.list[i] = 0;
  return size;
}

DEV u32 bin_of(float max, float z) {
  float bin = __fmul_rn(__fsub_rn(max, z), 1.f / BIN_WIDTH);
  return bin < BINS - 1 ? (u32)bin : BINS - 1;
}

// Counts candidates by their distance from the highest; leaves what stretch_sums does; `many` becomes their number.
DEV u64 count_bins(Board& board, const Source& source, int vocab, const Weigher& weigher, u64& many) {
  board.bins[threadIdx.x] = 0;
  __syncthreads();
  u64 sum = 0;
  many = 0;
  each(source, vocab, [&](int id, float z) {
    sum += weigher(z);
    many++;
    atomicAdd(&board.bins[bin_of(weigher.max, z)], 1u);
  });
  many = block_sum(board, many);
  return block_sum(board, sum);
}

// Puts the top candidates, no more than `most` and whole bins of them, into the list, in order; returns their number.
DEV int take_top(Board& board, const Source& source, int vocab, float max, int most) {
  if (threadIdx.x == 0) board.listed = 0;
  u64 upto = block_scan(board, board.bins[threadIdx.x]);
  bool fits = upto <= most && threadIdx.x < BINS - 1;
  u32 edge = (u32)block_sum(board, fits ? 1 : 0);
  each(source, vocab, [&](int id, float z) {
    if (bin_of(max, z) < edge) board.list[atomicAdd(&board.listed, 1u)] = entry(z, id);
  });
  __syncthreads();
  int n = (int)board.listed;
  sort(board, fill_up(board, n));
  return n;
}

// Length of the shortest prefix of the list whose weight reaches `target`, -1 if all n do not; board.word is its weight, or that of all.
DEV int reach(Board& board, int n, const Weigher& weigher, u64 target) {
  int most = (n + THREADS - 1) / THREADS;
  int from = threadIdx.x * most;
  int to = from + most < n ? from + most : n;
  u64 mine = 0;
#pragma unroll 1
  for (int i = from; i < to; i++) mine += weigher(logit_of(board.list[i]));
  u64 upto = block_scan(board, mine);
  if (threadIdx.x == THREADS - 1) {
    board.found = -1;
    board.word = upto;
  }
  __syncthreads();
  if (upto >= target && upto - mine < target) {
    u64 sum = upto - mine;
    int i = from;
    do sum += weigher(logit_of(board.list[i++]));
    while (sum < target);
    board.found = i;
    board.word = sum;
  }
  __syncthreads();
  return board.found;
}

// The token at a place of the weights of the list's n, ids ascending. The list is in no order afterwards.
DEV int pick_listed(Board& board, int n, const Weigher& weigher, u64 place) {
  __syncthreads();
  for (int i = threadIdx.x; i < n; i += THREADS) {
    u64 e = board.list[i];
    board.list[i] = e << 32 | e >> 32;
  }
  sort(board, fill_up(board, n));
  for (int i = threadIdx.x; i < n; i += THREADS) {
    u64 e = board.list[i];
    board.list[i] = e << 32 | e >> 32;
  }
  __syncthreads();
  int found = reach(board, n, weigher, place + 1);
  return found < 0 ? -1 : id_of(board.list[found - 1]);
}

DEV u64 random53(const Draw& d) {
  u32 k0 = d.seed_low, k1 = d.seed_high;
  u32 c0 = d.index_low, c1 = d.index_high, c2 = d.number, c3 = 0;
  for (int i = 0; i < 10; i++) {
    u64 p0 = (u64)0xD2511F53u * c0;
    u64 p1 = (u64)0xCD9E8D57u * c2;
    c0 = (u32)(p1 >> 32) ^ c1 ^ k0;
    c1 = (u32)p1;
    c2 = (u32)(p0 >> 32) ^ c3 ^ k1;
    c3 = (u32)p0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return ((u64)c0 << 32 | c1) >> 11;
}

DEV u64 share(u64 bits, u64 all) { return __umul64hi(bits, all) << 11 | (bits * all) >> 53; }

// The state of a draw between stages.
struct Kept {
  Source source;
  float* work;
  int vocab;
  int listed;  // number of tokens that the list holds, all that are kept; -1: the source holds them
  u64 count;   // tokens kept, 0: not counted yet
  float max;
  float temperature, inverse;

  DEV_MEMBER Weigher weigher() const { return Weigher{max, inverse}; }
};

// Writes what is kept to the copy, where it may be changed.
DEV void copy(Board& board, Kept& kept) {
  if (kept.listed >= 0) {
#pragma unroll 1
    for (int id = threadIdx.x; id < kept.vocab; id += THREADS) kept.work[id] = NO_CANDIDATE;
    __syncthreads();
    for (int i = threadIdx.x; i < kept.listed; i += THREADS) kept.work[id_of(board.list[i])] = logit_of(board.list[i]);
    kept.listed = -1;
  } else if (!kept.source.copied) {
    const u64* mask = kept.source.mask;
#pragma unroll 1
    for (int id = threadIdx.x; id < kept.vocab; id += THREADS) {
      kept.work[id] = candidate(kept.source, kept.source.z[id], mask ? (u32)(mask[id >> 6] >> (id & 63)) : 1);
    }
  }
  __syncthreads();
  kept.source = Source{kept.work, 0, true};
}

// Cuts to the first k, or to the shortest prefix that has a share of the weight; both stages are alike but for what is added up.
DEV void cut(Board& board, Kept& kept, bool by_count, float param) {
  if (by_count ? param < 1.f : param >= 1.f) return;
  Weigher weigher = kept.weigher();
  u64 all = 0;
  if (kept.listed < 0) {
    all = count_bins(board, kept.source, kept.vocab, weigher, kept.count);
  } else if (!by_count) {
    reach(board, kept.listed, weigher, ~0ull);
    all = board.word;
  }
  int k = (int)param;
  if (by_count && k >= kept.count) return;
  double portion = ceil(__dmul_rn((double)param, __ull2double_rn(all)));
  u64 target = by_count ? (u64)k : portion < 1.0 ? 1 : __double2ull_rz(portion);
  int n = kept.listed;
  for (int most = SHORT_LIST; kept.listed < 0 && most <= LONG_LIST; most *= 4) {
    if (by_count && k > most) continue;
    __syncthreads();
    n = take_top(board, kept.source, kept.vocab, kept.max, most);
    if (by_count ? n >= k : reach(board, n, weigher, target) > 0) kept.listed = n;
  }
  if (kept.listed >= 0) {
    __syncthreads();
    kept.listed = by_count ? k : reach(board, n, weigher, target);
    kept.count = kept.listed;
    return;
  }
  copy(board, kept);
  if (by_count) {
    One one;
    keep_prefix(board, kept.work, kept.vocab, one, target);
    kept.count = k;
  } else {
    keep_prefix(board, kept.work, kept.vocab, weigher, target);
    kept.count = 0;
  }
}

// Drops what weighs less than a share of the heaviest.
DEV void drop_light(Board& board, Kept& kept, float param) {
  Weigher weigher = kept.weigher();
  float ratio = param < 1.f ? param : 1.f;
  u64 least = __double2ull_rz(ceil(__dmul_rn((double)ratio, 1099511627776.0)));
  if (kept.listed < 0 && least > 1 << 20) {
    u64 many;
    count_bins(board, kept.source, kept.vocab, weigher, many);
    __syncthreads();
    int n = take_top(board, kept.source, kept.vocab, kept.max, SHORT_LIST);
    // what is not listed is lighter than the last that is, but for rounding
    u64 last = n > 0 ? weigher(logit_of(board.list[n - 1])) : ~0ull >> 1;
    if (n == many || last + (last >> 16) < least) kept.listed = n;
  }
  if (kept.listed >= 0) {
    // up to 8 entries a thread, kept in order
    int most = (kept.listed + THREADS - 1) / THREADS;
    u64 mine[LONG_LIST / THREADS];
    int many = 0;
#pragma unroll
    for (int j = 0; j < LONG_LIST / THREADS; j++) {
      int i = threadIdx.x * most + j;
      u64 e = j < most && i < kept.listed ? board.list[i] : 0;
      mine[j] = e != 0 && weigher(logit_of(e)) >= least ? e : 0;
      many += mine[j] != 0;
    }
    int at = (int)block_scan(board, many) - many;
    __syncthreads();
#pragma unroll
    for (int j = 0; j < LONG_LIST / THREADS; j++) {
      if (mine[j] != 0) board.list[at++] = mine[j];
    }
    kept.listed = (int)block_sum(board, many);
    kept.count = kept.listed;
    return;
  }
  copy(board, kept);
  u64 many = 0;
#pragma unroll 1
  for (int id = threadIdx.x; id < kept.vocab; id += THREADS) {
    float v = kept.work[id];
    if (!is_candidate(v)) continue;
    if (weigher(v) >= least) {
      many++;
    } else {
      kept.work[id] = NO_CANDIDATE;
    }
  }
  kept.count = block_sum(board, many);
}

// Settles the temperature so far, then changes single logits; false if one cannot be compared afterwards.
DEV bool adjust(Board& board, Kept& kept, const Adjustment* adjustments, int from, int to) {
  copy(board, kept);
  float* z = kept.work;
  bool broken = false;
#pragma unroll 1
  for (int id = threadIdx.x; id < kept.vocab; id += THREADS) {
    float v = z[id];
    if (!is_candidate(v)) continue;
    if (kept.inverse != 1.f) v = __fmul_rn(v, kept.inverse);
    broken |= !(v < INFINITE);
    z[id] = v;
  }
  kept.temperature = 1.f;
  kept.inverse = 1.f;
  // one thread does all adjustments of a token, in their order
  for (int i = from; i < to; i++) {
    Adjustment a = adjustments[i];
    if ((a.token & (THREADS - 1)) != threadIdx.x || a.token >= kept.vocab) continue;
    float v = z[a.token];
    if (!is_candidate(v)) continue;
    v = __fadd_rn(v > 0.f ? __fdiv_rn(v, a.mul) : __fmul_rn(v, a.mul), a.add);
    broken |= !(v < INFINITE);
    z[a.token] = v;
  }
  if (block_sum(board, broken ? 1 : 0) != 0) return false;
  kept.max = logit_of(first_of(board, kept.source, kept.vocab));
  return true;
}

DEV void result(int* tokens, int* statuses, const Draw& d, int token, int status) {
  if (threadIdx.x == 0) {
    tokens[d.target] = status == OK ? token : 0;
    statuses[d.target] = status;
  }
}

KERNEL sample(const int* counts, const Draw* draws, const Stage* stages, const Adjustment* adjustments, const u64* masks,
              const float* logits, float* work, int vocab, int* tokens, int* statuses) {
  __shared__ Board board;
  LET_NEXT_BEGIN();
  AWAIT_ALL_BEFORE();
  if (blockIdx.x >= counts[DRAWS]) return;
  Draw draw = draws[blockIdx.x];
  const float* row = logits + (i64)draw.row * vocab;
  bool greedy = draw.mask < 0 && draw.chain < draw.chain_end && stages[draw.chain].kind == TEMPERATURE &&
                stages[draw.chain].param <= GREEDY_BELOW;

  // the first of all logits; a NaN or plus infinity anywhere spoils the row
  Source whole = {row, 0, true};
  u64 best = 0;
  bool spoilt = false;
  int span = stretch(vocab);
  int from = (threadIdx.x >> 5) * span;
  int to = from + span < vocab ? from + span : vocab;
  for (int base = from; base < to; base += 512) {
    Float4 v[4];
#pragma unroll
    for (int i = 0; i < 4; i++) v[i] = four(whole, base + 128 * i + 4 * (threadIdx.x & 31), base + 128 * i < to ? vocab : 0);
#pragma unroll
    for (int i = 0; i < 4; i++) {
      int id = base + 128 * i + 4 * (threadIdx.x & 31);
      int there = base + 128 * i < to ? vocab - id : 0;
      float z[4] = {v[i].x, v[i].y, v[i].z, v[i].w};
#pragma unroll
      for (int j = 0; j < 4; j++) {
        if (j >= there) continue;
        u64 e = entry(z[j], id + j);
        spoilt |= !(z[j] < INFINITE);
        best = e > best ? e : best;
      }
    }
  }
  best = block_max(board, spoilt ? ~0ull : best);
  if (best == ~0ull || (u32)(best >> 32) == 0x007fffffu) {
    result(tokens, statuses, draw, 0, BROKEN);
    return;
  }
  if (greedy) {
    result(tokens, statuses, draw, id_of(best), OK);
    return;
  }

  Kept kept;
  kept.source = Source{row, draw.mask < 0 ? 0 : masks + (i64)draw.mask * ((vocab + 63) / 64), false};
  kept.work = work + (i64)blockIdx.x * vocab;
  kept.vocab = vocab;
  kept.listed = -1;
  kept.count = 0;
  kept.temperature = 1.f;
  kept.inverse = 1.f;
  if (draw.mask >= 0) {
    best = first_of(board, kept.source, vocab);
    if (best == 0) {
      result(tokens, statuses, draw, 0, EMPTY);
      return;
    }
  }
  kept.max = logit_of(best);
  for (int s = draw.chain; s < draw.chain_end; s++) {
    Stage stage = stages[s];
    if (stage.kind == TEMPERATURE) {
      kept.temperature = __fmul_rn(kept.temperature, stage.param);
      kept.inverse = __fdiv_rn(1.f, kept.temperature);
      if (!(stage.param > GREEDY_BELOW && kept.temperature > GREEDY_BELOW)) {
        __syncthreads();
        u64 first = kept.listed >= 0 ? board.list[0] : first_of(board, kept.source, vocab);
        result(tokens, statuses, draw, id_of(first), OK);
        return;
      }
    } else if (stage.kind == ADJUST) {
      if (!adjust(board, kept, adjustments, stage.adjust, stage.adjust_end)) {
        result(tokens, statuses, draw, 0, BROKEN);
        return;
      }
    } else if (stage.kind == TOP_K || stage.kind == TOP_P) {
      cut(board, kept, stage.kind == TOP_K, stage.param);
    } else if (stage.kind == MIN_P) {
      drop_light(board, kept, stage.param);
    }
    __syncthreads();
  }
  Weigher weigher = kept.weigher();
  int token;
  if (kept.listed >= 0) {
    reach(board, kept.listed, weigher, ~0ull);
    u64 all = board.word;
    token = pick_listed(board, kept.listed, weigher, share(random53(draw), all));
  } else {
    u64 all = stretch_sums(board, kept.source, vocab, weigher);
    token = pick(board, kept.source, vocab, weigher, share(random53(draw), all));
  }
  result(tokens, statuses, draw, token, token < 0 ? BROKEN : OK);
}
