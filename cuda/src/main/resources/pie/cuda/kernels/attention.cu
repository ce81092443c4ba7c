// Attention of grouped queries over paged keys and values, on tensor cores. A tile is 16 pairs of row and query head, of one request
// and one KV head, pairs of a row side by side.
//
// The order of addition follows from slots alone: a chunk is 64 slots, a round 4 chunks, one warp each; results of chunks are folded
// into their round's, results of rounds into the row's, in order. So neither tile, slice, batch nor the cut into blocks changes a bit.
#define CHUNK 64
#define ROUND 256
#define PAIRS 16
#define NOTHING (-1e30f)

struct Request {
  int first_row, rows, length, table, sink, visible_from, window, mask, non_causal, unused0, unused1, unused2;
};

// Work of a block: rounds [round, end) of the tile whose first pair is `pair`; partial < 0: the block has all rounds.
struct Item {
  int request, pair, round, end, partial, unused0, unused1, unused2;
};

// Partial results to fold into a tile's, in order.
struct Merge {
  int request, pair, partial, count;
};

// What one pair sees: slots below `high` that are below the request's sink or not below `low`, and that the mask allows.
struct Sight {
  int high, low;
  i64 mask;
};

DEV Sight sight(const Request& request, int pair, int group) {
  Sight s = {0, 0, 0};
  int row = pair / group;
  if (row >= request.rows) return s;
  int own = request.length - request.rows + row;
  s.high = request.non_causal ? request.length : own + 1;
  s.low = request.window == 0 || own - request.window + 1 < request.visible_from ? request.visible_from : own - request.window + 1;
  s.mask = (i64)row * request.length;
  return s;
}

DEV bool sees(const Sight& s, const Request& request, const u64* mask, int slot) {
  if (slot >= s.high || (slot >= request.sink && slot < s.low)) return false;
  if (request.mask < 0) return true;
  i64 bit = s.mask + slot;
  return mask[bit >> 6] >> (bit & 63) & 1;
}

// Folds r into t: maximum, sum of weights, weighted values.
struct Fold {
  float t, r, max;
};
DEV Fold fold(float t_max, float r_max) {
  Fold f;
  f.max = t_max > r_max ? t_max : r_max;
  f.t = exp2_fast(__fsub_rn(t_max, f.max));
  f.r = exp2_fast(__fsub_rn(r_max, f.max));
  return f;
}
DEV float folded(float t, float r, float t_scale, float r_scale) { return __fmaf_rn(t, t_scale, __fmul_rn(r, r_scale)); }

template <int DIM>
DEV void attend(const int* counts, const Item* items, const Request* requests, const int* tables, const u64* masks,
                const num* queries, int query_stride, const num* pool, i64 page_size_in_nums, i64 layer_offset, int page_shift,
                int kv_heads, int group, float scale, num* out, int out_stride, float* partials) {
  const int WIDTH = DIM + 8;
  __shared__ float part[4][PAIRS][WIDTH];
  __shared__ float part_max[4][PAIRS];
  __shared__ float part_sum[4][PAIRS];
  __shared__ float factor[PAIRS][6];
  __shared__ float total_max[PAIRS];
  __shared__ float total_sum[PAIRS];
  LET_NEXT_BEGIN();
  if (blockIdx.x >= counts[ITEMS]) {
    AWAIT_ALL_BEFORE();
    return;
  }
  Item item = items[blockIdx.x];
  Request request = requests[item.request];
  int kv_head = blockIdx.y;
  int lane = threadIdx.x & 31;
  int warp = threadIdx.x >> 5;
  int g = lane >> 2;
  int q = lane & 3;
  int page_size = 1 << page_shift;
  const int* table = tables + request.table;
  const u64* mask = request.mask < 0 ? masks : masks + request.mask;
  int pairs = request.rows * group;
  Sight sight0 = sight(request, item.pair + g, group);
  Sight sight1 = sight(request, item.pair + g + 8, group);
  AWAIT_ALL_BEFORE();

  // queries, in the order in which keys are loaded: thread q holds dims 4q .. 4q+3 of each 16
  u32 query[DIM / 16][4];
#pragma unroll
  for (int half = 0; half < 2; half++) {
    int pair_row = item.pair + g + 8 * half;
    bool there = pair_row < pairs;
    int row = there ? pair_row / group : 0;
    int head = there ? kv_head * group + pair_row - row * group : 0;
    const num* from = queries + (i64)(request.first_row + row) * query_stride + head * DIM + 4 * q;
#pragma unroll
    for (int d = 0; d < DIM / 16; d++) {
      Word2 v = {0, 0};
      if (there) v = *(const Word2*)(from + 16 * d);
      query[d][half] = v.x;
      query[d][half + 2] = v.y;
    }
  }

  // of all pairs of the tile
  int high = sight(request, item.pair + PAIRS < pairs ? item.pair + PAIRS - 1 : pairs - 1, group).high;
  int low = sight(request, item.pair, group).low;

  float total[DIM / 8];
#pragma unroll
  for (int i = 0; i < DIM / 8; i++) total[i] = 0.f;
  if (threadIdx.x < PAIRS) {
    total_max[threadIdx.x] = NOTHING;
    total_sum[threadIdx.x] = 0.f;
  }

  for (int round = item.round; round < item.end; round++) {
    int from = round * ROUND;
    bool hidden = from >= high || (from >= request.sink && from + ROUND <= low);
    if (hidden && item.partial < 0) continue;

    // scores of 64 slots: tile 2p+j of 8, column n is slot 16p + 4(n/2) + 2j + n%2, so that thread q holds slots 4q .. 4q+3 of each 16
    int base = from + warp * CHUNK;
    bool nothing = base >= high || (base >= request.sink && base + CHUNK <= low);
    float max0 = NOTHING, max1 = NOTHING, sum0 = 0.f, sum1 = 0.f;
    float value[DIM / 8][4];
#pragma unroll
    for (int d = 0; d < DIM / 8; d++) {
#pragma unroll
      for (int e = 0; e < 4; e++) value[d][e] = 0.f;
    }
    if (!nothing) {
      float score[8][4];
#pragma unroll
      for (int s = 0; s < 8; s++) {
        int slot = base + 16 * (s >> 1) + 4 * (g >> 1) + 2 * (s & 1) + (g & 1);
        bool readable = slot < request.length && (slot < request.sink || slot >= low);
        int page = readable ? table[slot >> page_shift] : -1;
        const num* keys = pool + (page < 0 ? 0 : page) * page_size_in_nums + layer_offset +
                          ((i64)kv_head * page_size + (slot & (page_size - 1))) * DIM + 4 * q;
#pragma unroll
        for (int e = 0; e < 4; e++) score[s][e] = 0.f;
#pragma unroll
        for (int d = 0; d < DIM / 16; d++) {
          Word2 k = {0, 0};
          if (page >= 0) k = *(const Word2*)(keys + 16 * d);
          mma(score[s], query[d][0], query[d][1], query[d][2], query[d][3], k.x, k.y);
        }
      }
#pragma unroll
      for (int s = 0; s < 8; s++) {
#pragma unroll
        for (int e = 0; e < 4; e++) {
          int slot = base + 16 * (s >> 1) + 4 * q + 2 * (s & 1) + (e & 1);
          bool seen = sees(e < 2 ? sight0 : sight1, request, mask, slot);
          score[s][e] = seen ? __fmul_rn(score[s][e], scale) : -__int_as_float(0x7f800000);
        }
        max0 = fmaxf(max0, fmaxf(score[s][0], score[s][1]));
        max1 = fmaxf(max1, fmaxf(score[s][2], score[s][3]));
      }
      for (int away = 1; away < 4; away <<= 1) {
        max0 = fmaxf(max0, __shfl_xor_sync(ALL_LANES, max0, away));
        max1 = fmaxf(max1, __shfl_xor_sync(ALL_LANES, max1, away));
      }
      u32 weight[8][2];
#pragma unroll
      for (int s = 0; s < 8; s++) {
#pragma unroll
        for (int half = 0; half < 2; half++) {
          float max = half == 0 ? max0 : max1;
          num w0 = narrow(exp2_fast(__fsub_rn(score[s][2 * half], max)));
          num w1 = narrow(exp2_fast(__fsub_rn(score[s][2 * half + 1], max)));
          float sum = __fadd_rn(widen(w0), widen(w1));
          if (half == 0) {
            sum0 = __fadd_rn(sum0, sum);
          } else {
            sum1 = __fadd_rn(sum1, sum);
          }
          weight[s][half] = (u32)w0.bits | (u32)w1.bits << 16;
        }
      }
      for (int away = 1; away < 4; away <<= 1) {
        sum0 = __fadd_rn(sum0, __shfl_xor_sync(ALL_LANES, sum0, away));
        sum1 = __fadd_rn(sum1, __shfl_xor_sync(ALL_LANES, sum1, away));
      }
#pragma unroll
      for (int p = 0; p < 4; p++) {
        int slot = base + 16 * p + 4 * q;
        int page = slot < request.length ? table[slot >> page_shift] : -1;
        bool whole = page >= 0 && slot + 4 <= request.length && (slot + 4 <= request.sink || slot >= low);
        const num* values = pool + (page < 0 ? 0 : page) * page_size_in_nums + layer_offset +
                            ((i64)(kv_heads + kv_head) * DIM + g) * page_size + (slot & (page_size - 1));
        u32 keep0 = ALL_LANES, keep1 = ALL_LANES;
        if (!whole) {
          // what no row sees may be anything, and zero times anything need not be zero
          u32 keep[4];
          for (int i = 0; i < 4; i++) {
            int k = slot + i;
            keep[i] = page >= 0 && k < request.length && (k < request.sink || k >= low) ? 0xffffu : 0u;
          }
          keep0 = keep[0] | keep[1] << 16;
          keep1 = keep[2] | keep[3] << 16;
        }
#pragma unroll
        for (int d = 0; d < DIM / 8; d++) {
          Word2 v = {0, 0};
          if (page >= 0) v = *(const Word2*)(values + (i64)8 * d * page_size);
          mma(value[d], weight[2 * p][0], weight[2 * p][1], weight[2 * p + 1][0], weight[2 * p + 1][1], v.x & keep0, v.y & keep1);
        }
      }
    }
    __syncthreads();  // the last round's parts have been read
#pragma unroll
    for (int d = 0; d < DIM / 8; d++) {
      part[warp][g][8 * d + 2 * q] = value[d][0];
      part[warp][g][8 * d + 2 * q + 1] = value[d][1];
      part[warp][g + 8][8 * d + 2 * q] = value[d][2];
      part[warp][g + 8][8 * d + 2 * q + 1] = value[d][3];
    }
    if (q == 0) {
      part_max[warp][g] = max0;
      part_max[warp][g + 8] = max1;
      part_sum[warp][g] = sum0;
      part_sum[warp][g + 8] = sum1;
    }
    __syncthreads();
    if (threadIdx.x < PAIRS) {
      int i = threadIdx.x;
      float max = fmaxf(fmaxf(part_max[0][i], part_max[1][i]), fmaxf(part_max[2][i], part_max[3][i]));
      float sum = 0.f;
      for (int w = 0; w < 4; w++) {
        factor[i][w] = exp2_fast(__fsub_rn(part_max[w][i], max));
        sum = __fmaf_rn(part_sum[w][i], factor[i][w], sum);
      }
      if (item.partial < 0) {
        Fold f = fold(total_max[i], max);
        factor[i][4] = f.t;
        factor[i][5] = f.r;
        total_max[i] = f.max;
        total_sum[i] = folded(total_sum[i], sum, f.t, f.r);
      } else {
        float* to = partials + ((i64)(item.partial + round - item.round) * kv_heads + kv_head) * PAIRS * (DIM + 2);
        to[i] = max;
        to[PAIRS + i] = sum;
      }
    }
    __syncthreads();
#pragma unroll
    for (int n = 0; n < DIM / 8; n++) {
      int i = (threadIdx.x + 128 * n) / DIM;
      int d = (threadIdx.x + 128 * n) % DIM;
      float v = 0.f;
#pragma unroll
      for (int w = 0; w < 4; w++) v = __fmaf_rn(part[w][i][d], factor[i][w], v);
      if (item.partial < 0) {
        total[n] = folded(total[n], v, factor[i][4], factor[i][5]);
      } else {
        partials[((i64)(item.partial + round - item.round) * kv_heads + kv_head) * PAIRS * (DIM + 2) + 2 * PAIRS + i * DIM + d] = v;
      }
    }
  }
  if (item.partial >= 0) return;
  __syncthreads();
#pragma unroll
  for (int n = 0; n < DIM / 8; n++) {
    int i = (threadIdx.x + 128 * n) / DIM;
    int d = (threadIdx.x + 128 * n) % DIM;
    int pair_row = item.pair + i;
    if (pair_row < pairs) {
      int row = pair_row / group;
      int head = kv_head * group + pair_row - row * group;
      float sum = total_sum[i];
      out[(i64)(request.first_row + row) * out_stride + head * DIM + d] = narrow(sum > 0.f ? total[n] / sum : sum);
    }
  }
}

// Folds partial results; one block a tile and KV head, 128 threads.
KERNEL attention_merge(const int* counts, const Merge* merges, const Request* requests, int kv_heads, int group, int dim, num* out,
                       int out_stride, const float* partials) {
  LET_NEXT_BEGIN();
  AWAIT_ALL_BEFORE();
  if (blockIdx.x >= counts[MERGES]) return;
  Merge merge = merges[blockIdx.x];
  Request request = requests[merge.request];
  int kv_head = blockIdx.y;
  int pairs = request.rows * group;
  for (int n = threadIdx.x; n < PAIRS * dim; n += blockDim.x) {
    int i = n / dim;
    int d = n - i * dim;
    int pair_row = merge.pair + i;
    if (pair_row >= pairs) return;
    float max = NOTHING, sum = 0.f, value = 0.f;
    for (int p = 0; p < merge.count; p++) {
      const float* from = partials + ((i64)(merge.partial + p) * kv_heads + kv_head) * PAIRS * (dim + 2);
      Fold f = fold(max, from[i]);
      max = f.max;
      sum = folded(sum, from[PAIRS + i], f.t, f.r);
      value = folded(value, from[2 * PAIRS + n], f.t, f.r);
    }
    int row = pair_row / group;
    int head = kv_head * group + pair_row - row * group;
    out[(i64)(request.first_row + row) * out_stride + head * dim + d] = narrow(sum > 0.f ? value / sum : sum);
  }
}

#define ATTENTION(DIM)                                                                                                          \
  KERNEL attention_##DIM(const int* counts, const Item* items, const Request* requests, const int* tables, const u64* masks,     \
                         const num* queries, int query_stride, const num* pool, i64 page_size_in_nums, i64 layer_offset,        \
                         int page_shift, int kv_heads, int group, float scale, num* out, int out_stride, float* partials) {     \
    attend<DIM>(counts, items, requests, tables, masks, queries, query_stride, pool, page_size_in_nums, layer_offset,           \
                page_shift, kv_heads, group, scale, out, out_stride, partials);                                                 \
  }
// A compiler that is told the model's dimensions makes no others.
#if !defined(PIE_HEAD_DIM) || PIE_HEAD_DIM == 16
ATTENTION(16)
#endif
#if !defined(PIE_HEAD_DIM) || PIE_HEAD_DIM == 32
ATTENTION(32)
#endif
#if !defined(PIE_HEAD_DIM) || PIE_HEAD_DIM == 64
ATTENTION(64)
#endif
#if !defined(PIE_HEAD_DIM) || PIE_HEAD_DIM == 80
ATTENTION(80)
#endif
#if !defined(PIE_HEAD_DIM) || PIE_HEAD_DIM == 96
ATTENTION(96)
#endif
#if !defined(PIE_HEAD_DIM) || PIE_HEAD_DIM == 128
ATTENTION(128)
#endif
