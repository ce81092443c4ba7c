// out[m, n] = sum over k of weights[n, k] * x[m, k], on tensor cores: weights are the rows of a tile, rows of x its columns, so that
// one row of x costs no more than eight.
//
// The order of addition is the same for any number of rows: k is cut into CHUNKS by k alone, each chunk is summed by mma.sync in
// order from zero, and the sums of chunks are added in order. So a row's result does not depend on its batch mates.
#define CHUNKS 8

enum { STORE, ADD, SWIGLU };

DEV float swiglu(float gate, float up) { return gate / (1.f + exp2_fast(-gate * LOG2_E)) * up; }

DEV int chunk_start(int k_tiles, int chunk) { return k_tiles * chunk / CHUNKS; }

DEV Word4 row_piece(const num* x, int row, int rows, int stride, int k) {
  Word4 zero = {0, 0, 0, 0};
  return row < rows ? *(const Word4*)(x + (i64)row * stride + k) : zero;
}

DEV void step(float (&sum)[4], const Word4& low, const Word4& high, const Word4& b) {
  mma(sum, low.x, high.x, low.y, high.y, b.x, b.y);
  mma(sum, low.z, high.z, low.w, high.w, b.z, b.w);
}

// Takes what a thread holds of a tile at column m: results of rows n and n + 8 of the tile's 16.
template <int KIND>
DEV void emit(void* out, int stride, int n_size, int tile, int n, int m, float low, float high) {
  if (KIND == SWIGLU) {
    // a tile holds 8 rows of gates, then the 8 rows of ups of the same outputs
    if (tile * 8 + n < n_size) ((num*)out)[(i64)m * stride + tile * 8 + n] = narrow(swiglu(low, high));
    return;
  }
  float* to = (float*)out + (i64)m * stride + tile * 16 + n;
  if (tile * 16 + n < n_size) to[0] = KIND == ADD ? __fadd_rn(to[0], low) : low;
  if (tile * 16 + n + 8 < n_size) to[8] = KIND == ADD ? __fadd_rn(to[8], high) : high;
}

// Few rows: a block computes 16 outputs of 8 * COLUMNS rows, one warp a chunk. 256 threads.
template <int COLUMNS, int KIND>
DEV void gemm_narrow(const int* count, const num* weights, const num* x, int x_stride, int k_tiles, int n_size, void* out,
                     int out_stride) {
  __shared__ float parts[CHUNKS][COLUMNS * 8][17];
  int rows = *count;
  int first = blockIdx.y * COLUMNS * 8;
  if (first >= rows) return;
  int lane = threadIdx.x & 31;
  int warp = threadIdx.x >> 5;
  int g = lane >> 2;
  int q = lane & 3;
  int end = chunk_start(k_tiles, warp + 1);
  float sums[COLUMNS][4];
#pragma unroll
  for (int j = 0; j < COLUMNS; j++) {
#pragma unroll
    for (int i = 0; i < 4; i++) sums[j][i] = 0.f;
  }
  const Word4* tiles = (const Word4*)weights + (i64)blockIdx.x * k_tiles * 64 + lane;
#pragma unroll 4
  for (int t = chunk_start(k_tiles, warp); t < end; t++) {
    Word4 low = tiles[t * 64];
    Word4 high = tiles[t * 64 + 32];
#pragma unroll
    for (int j = 0; j < COLUMNS; j++) {
      step(sums[j], low, high, row_piece(x, first + 8 * j + g, rows, x_stride, t * 32 + 8 * q));
    }
  }
#pragma unroll
  for (int j = 0; j < COLUMNS; j++) {
    parts[warp][8 * j + 2 * q][g] = sums[j][0];
    parts[warp][8 * j + 2 * q + 1][g] = sums[j][1];
    parts[warp][8 * j + 2 * q][g + 8] = sums[j][2];
    parts[warp][8 * j + 2 * q + 1][g + 8] = sums[j][3];
  }
  __syncthreads();
  for (int i = threadIdx.x; i < COLUMNS * 64; i += 256) {
    int m = i >> 3;
    int n = i & 7;
    if (first + m >= rows) return;
    float low = parts[0][m][n];
    float high = parts[0][m][n + 8];
#pragma unroll
    for (int c = 1; c < CHUNKS; c++) {
      low = __fadd_rn(low, parts[c][m][n]);
      high = __fadd_rn(high, parts[c][m][n + 8]);
    }
    emit<KIND>(out, out_stride, n_size, blockIdx.x, n, first + m, low, high);
  }
}

// Many rows: a block computes 64 outputs of 64 rows, a warp 32 of 32. 128 threads.
template <int KIND>
DEV void gemm_wide(const int* count, const num* weights, const num* x, int x_stride, int k_tiles, int n_size, void* out,
                   int out_stride) {
  int rows = *count;
  int lane = threadIdx.x & 31;
  int warp = threadIdx.x >> 5;
  int g = lane >> 2;
  int q = lane & 3;
  int first = blockIdx.y * 64 + (warp >> 1) * 32;
  if (first >= rows) return;
  int tile = blockIdx.x * 4 + (warp & 1) * 2;
  const Word4* tiles = (const Word4*)weights + (i64)tile * k_tiles * 64 + lane;
  float totals[2][4][4];
#pragma unroll 1
  for (int c = 0; c < CHUNKS; c++) {
    float sums[2][4][4];
#pragma unroll
    for (int i = 0; i < 2; i++) {
#pragma unroll
      for (int j = 0; j < 4; j++) {
#pragma unroll
        for (int e = 0; e < 4; e++) sums[i][j][e] = 0.f;
      }
    }
    int end = chunk_start(k_tiles, c + 1);
#pragma unroll 2
    for (int t = chunk_start(k_tiles, c); t < end; t++) {
      Word4 low[2];
      Word4 high[2];
#pragma unroll
      for (int i = 0; i < 2; i++) {
        low[i] = tiles[((i64)i * k_tiles + t) * 64];
        high[i] = tiles[((i64)i * k_tiles + t) * 64 + 32];
      }
#pragma unroll
      for (int j = 0; j < 4; j++) {
        Word4 b = row_piece(x, first + 8 * j + g, rows, x_stride, t * 32 + 8 * q);
#pragma unroll
        for (int i = 0; i < 2; i++) step(sums[i][j], low[i], high[i], b);
      }
    }
#pragma unroll
    for (int i = 0; i < 2; i++) {
#pragma unroll
      for (int j = 0; j < 4; j++) {
#pragma unroll
        for (int e = 0; e < 4; e++) totals[i][j][e] = c == 0 ? sums[i][j][e] : __fadd_rn(totals[i][j][e], sums[i][j][e]);
      }
    }
  }
#pragma unroll
  for (int i = 0; i < 2; i++) {
#pragma unroll
    for (int j = 0; j < 4; j++) {
      int m = first + 8 * j + 2 * q;
      if (m < rows) emit<KIND>(out, out_stride, n_size, tile + i, g, m, totals[i][j][0], totals[i][j][2]);
      if (m + 1 < rows) emit<KIND>(out, out_stride, n_size, tile + i, g, m + 1, totals[i][j][1], totals[i][j][3]);
    }
  }
}

#define GEMM(NAME, CALL)                                                                                                        \
  KERNEL NAME(const int* count, const num* weights, const num* x, int x_stride, int k_tiles, int n_size, void* out,              \
              int out_stride) {                                                                                                 \
    CALL(count, weights, x, x_stride, k_tiles, n_size, out, out_stride);                                                        \
  }
#define GEMMS(NAME, KIND)                          \
  GEMM(gemm_##NAME##_8, (gemm_narrow<1, KIND>))    \
  GEMM(gemm_##NAME##_16, (gemm_narrow<2, KIND>))   \
  GEMM(gemm_##NAME##_32, (gemm_narrow<4, KIND>))   \
  GEMM(gemm_##NAME##_64, (gemm_wide<KIND>))
GEMMS(store, STORE)
GEMMS(add, ADD)
GEMMS(swiglu, SWIGLU)
