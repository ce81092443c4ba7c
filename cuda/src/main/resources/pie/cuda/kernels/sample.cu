// Draws tokens, exact in integers: the same token from the same logits as the engine's reference, bit for bit. One block of 512
// threads a draw. A token that is no candidate has NaN in z; a candidate never has.
#define THREADS 512
#define WARPS 16

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
  u64 sums[WARPS][16];
  u64 total[16];
  u64 word;
  int found;
};

DEV bool is_candidate(float z) { return z == z; }

// Ascends with z; both zeros are equal.
DEV u32 order(float z) {
  u32 bits = __float_as_uint(z + 0.f);
  return bits >> 31 ? ~bits : bits | 0x80000000u;
}

DEV float ordered(u32 key) { return __uint_as_float(key >> 31 ? key & 0x7fffffffu : ~key); }

DEV u64 shuffled(u64 v, int away) { return __shfl_xor_sync(ALL_LANES, v, away); }

DEV u64 block_sum(Board& board, u64 v) {
  for (int away = 16; away > 0; away >>= 1) v += shuffled(v, away);
  __syncthreads();
  if ((threadIdx.x & 31) == 0) board.sums[threadIdx.x >> 5][0] = v;
  __syncthreads();
  u64 all = 0;
  for (int w = 0; w < WARPS; w++) all += board.sums[w][0];
  return all;
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

template <class W>
DEV u64 sum_of(Board& board, const float* z, int vocab, const W& weight) {
  u64 sum = 0;
  for (int id = threadIdx.x; id < vocab; id += THREADS) {
    float v = z[id];
    if (is_candidate(v)) sum += weight(v);
  }
  return block_sum(board, sum);
}

// Smallest id whose sum of weights up to and with it exceeds `place`; -1 if there is none.
template <class W>
DEV int pick(Board& board, const float* z, int vocab, const W& weight, u64 place) {
  int lane = threadIdx.x & 31;
  int warp = threadIdx.x >> 5;
  int span = ((vocab + WARPS - 1) / WARPS + 31) / 32 * 32;
  int from = warp * span;
  int to = from + span < vocab ? from + span : vocab;
  u64 mine = 0;
  for (int id = from + lane; id < to; id += 32) {
    float v = z[id];
    if (is_candidate(v)) mine += weight(v);
  }
  for (int away = 16; away > 0; away >>= 1) mine += shuffled(mine, away);
  __syncthreads();
  if (lane == 0) board.sums[warp][0] = mine;
  if (threadIdx.x == 0) board.found = -1;
  __syncthreads();
  u64 before = 0;
  int owner = 0;
  while (owner < WARPS && before + board.sums[owner][0] <= place) before += board.sums[owner++][0];
  if (warp == owner) {
    for (int base = from; base < to; base += 32) {
      int id = base + lane;
      float v = id < to ? z[id] : __int_as_float(0x7fffffff);
      u64 own = is_candidate(v) ? weight(v) : 0;
      u64 sum = own;
      for (int away = 1; away < 32; away <<= 1) {
        u64 below = __shfl_up_sync(ALL_LANES, sum, away);
        if (lane >= away) sum += below;
      }
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

// Keeps the shortest prefix in order (z descending, id ascending) whose weight reaches `target`.
template <class W>
DEV void keep_prefix(Board& board, float* z, int vocab, const W& weight, u64 target) {
  u32 key = 0;
  u64 above = 0;
  for (int shift = 28; shift >= 0; shift -= 4) {
    u64 sums[16];
#pragma unroll
    for (int b = 0; b < 16; b++) sums[b] = 0;
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
      u64 v = sums[b];
      for (int away = 16; away > 0; away >>= 1) v += shuffled(v, away);
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
  u64 each = weight(ordered(key));
  u64 needed = each == 0 ? 1 : (target - above + each - 1) / each;
  Tie tie = {key};
  int last = pick(board, z, vocab, tie, needed - 1);
  for (int id = threadIdx.x; id < vocab; id += THREADS) {
    float v = z[id];
    if (!is_candidate(v)) continue;
    u32 k = order(v);
    if (k < key || (k == key && last >= 0 && id > last)) z[id] = __int_as_float(0x7fffffff);
  }
  __syncthreads();
}

// Highest of the order: its key and, in the lower half, its id inverted.
DEV u64 first_of(Board& board, const float* z, int vocab) {
  u64 best = 0;
  for (int id = threadIdx.x; id < vocab; id += THREADS) {
    float v = z[id];
    if (!is_candidate(v)) continue;
    u64 k = (u64)order(v) << 32 | (u32)~id;
    best = k > best ? k : best;
  }
  return block_max(board, best);
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

DEV void result(int* tokens, int* statuses, const Draw& d, int token, int status) {
  if (threadIdx.x == 0) {
    tokens[d.target] = status == OK ? token : 0;
    statuses[d.target] = status;
  }
}

KERNEL sample(const int* counts, const Draw* draws, const Stage* stages, const Adjustment* adjustments, const u64* masks,
              const float* logits, float* work, int vocab, int* tokens, int* statuses) {
  __shared__ Board board;
  if (blockIdx.x >= counts[DRAWS]) return;
  Draw draw = draws[blockIdx.x];
  const float* row = logits + (i64)draw.row * vocab;
  bool greedy = draw.mask < 0 && draw.chain < draw.chain_end && stages[draw.chain].kind == TEMPERATURE &&
                stages[draw.chain].param <= GREEDY_BELOW;

  // the first of all logits; a NaN or plus infinity anywhere spoils the row
  u64 best = 0;
  for (int id = threadIdx.x; id < vocab; id += THREADS) {
    float v = row[id];
    u64 k = v < __int_as_float(0x7f800000) ? (u64)order(v) << 32 | (u32)~id : ~0ull;
    best = k > best ? k : best;
  }
  best = block_max(board, best);
  if (best == ~0ull || (u32)(best >> 32) == 0x007fffffu) {
    result(tokens, statuses, draw, 0, BROKEN);
    return;
  }
  if (greedy) {
    result(tokens, statuses, draw, ~(u32)best, OK);
    return;
  }

  float* z = work + (i64)blockIdx.x * vocab;
  int words = (vocab + 63) / 64;
  u64 many = 0;
  for (int id = threadIdx.x; id < vocab; id += THREADS) {
    float v = row[id];
    bool kept = v > -__int_as_float(0x7f800000) && (draw.mask < 0 || (masks[(i64)draw.mask * words + (id >> 6)] >> (id & 63) & 1) != 0);
    z[id] = kept ? v : __int_as_float(0x7fffffff);
    many += kept;
  }
  u64 count = block_sum(board, many);
  if (count == 0) {
    result(tokens, statuses, draw, 0, EMPTY);
    return;
  }
  float temperature = 1.f;
  float inverse = 1.f;
  for (int s = draw.chain; s < draw.chain_end; s++) {
    Stage stage = stages[s];
    if (stage.kind == TEMPERATURE) {
      temperature = __fmul_rn(temperature, stage.param);
      inverse = __fdiv_rn(1.f, temperature);
      if (!(stage.param > GREEDY_BELOW && temperature > GREEDY_BELOW)) {
        result(tokens, statuses, draw, ~(u32)first_of(board, z, vocab), OK);
        return;
      }
    } else if (stage.kind == ADJUST) {
      bool broken = false;
      for (int id = threadIdx.x; id < vocab; id += THREADS) {
        float v = z[id];
        if (!is_candidate(v)) continue;
        if (inverse != 1.f) v = __fmul_rn(v, inverse);
        broken |= !(v < __int_as_float(0x7f800000));
        z[id] = v;
      }
      temperature = 1.f;
      inverse = 1.f;
      // one thread does all adjustments of a token, in their order
      for (int i = stage.adjust; i < stage.adjust_end; i++) {
        Adjustment a = adjustments[i];
        if ((a.token & (THREADS - 1)) != threadIdx.x || a.token >= vocab) continue;
        float v = z[a.token];
        if (!is_candidate(v)) continue;
        v = __fadd_rn(v > 0.f ? __fdiv_rn(v, a.mul) : __fmul_rn(v, a.mul), a.add);
        broken |= !(v < __int_as_float(0x7f800000));
        z[a.token] = v;
      }
      if (block_sum(board, broken ? 1 : 0) != 0) {
        result(tokens, statuses, draw, 0, BROKEN);
        return;
      }
    } else if (stage.kind == TOP_K) {
      int k = (int)stage.param;
      if (k <= 0 || k >= count) continue;
      One one;
      keep_prefix(board, z, vocab, one, (u64)k);
      count = k;
    } else if (stage.kind == TOP_P) {
      if (stage.param >= 1.f) continue;
      Weigher weigher = {ordered((u32)(first_of(board, z, vocab) >> 32)), inverse};
      u64 all = sum_of(board, z, vocab, weigher);
      double target = ceil(__dmul_rn((double)stage.param, __ull2double_rn(all)));
      keep_prefix(board, z, vocab, weigher, target < 1.0 ? 1 : __double2ull_rz(target));
      One one;
      count = sum_of(board, z, vocab, one);
    } else if (stage.kind == MIN_P) {
      Weigher weigher = {ordered((u32)(first_of(board, z, vocab) >> 32)), inverse};
      float ratio = stage.param < 1.f ? stage.param : 1.f;
      u64 least = __double2ull_rz(ceil(__dmul_rn((double)ratio, 1099511627776.0)));
      many = 0;
      for (int id = threadIdx.x; id < vocab; id += THREADS) {
        float v = z[id];
        if (!is_candidate(v)) continue;
        if (weigher(v) >= least) {
          many++;
        } else {
          z[id] = __int_as_float(0x7fffffff);
        }
      }
      count = block_sum(board, many);
    }
  }
  Weigher weigher = {ordered((u32)(first_of(board, z, vocab) >> 32)), inverse};
  u64 all = sum_of(board, z, vocab, weigher);
  u64 bits = random53(draw);
  u64 place = __umul64hi(bits, all) << 11 | (bits * all) >> 53;
  int token = pick(board, z, vocab, weigher, place);
  result(tokens, statuses, draw, token, token < 0 ? BROKEN : OK);
}
