// y[m, n] = sum over k of weights[n, k] * x[m, k], on tensor cores: weights are the rows of a tile, rows of x its columns, so that
// one row of x costs no more than eight. What becomes of y is the kernel's kind.
//
// The order of addition is the same for any number of rows: k is cut into CHUNKS by k alone, each chunk is summed by mma.sync in
// order from zero, and the sums of chunks are added in order. So a row's result does not depend on its batch mates.
#define CHUNKS 8

// ROTATE: queries, keys and values; see rotate_and_keep
enum { STORE, ADD, SWIGLU, ROTATE };

struct Matrix {
  const num* weights;
  int k_tiles, n_size;
};

// Rows of nums, or rows of the residual stream that are normed as they are read.
struct Rows {
  const num* x;
  int stride;
  const float* residual;
  const float* squares;
  int parts;
  const float* weight;
  float epsilon;
  int hidden;
};

struct Adapters {
  const Adapter* table;
  const int* of_row;
  const float* shrunk;
  int stride;
};

struct Rotation {
  const int* angle_rows;
  const int* places;
  const float* bias;
  const float* angles;
  int half;
  num* pool;
  i64 page_size_in_nums, layer_offset;
  int page_shift, heads, kv_heads, head_dim;
};

struct Out {
  void* to;
  int stride;
  float* squares;
  int parts;
};

DEV float swiglu(float gate, float up) { return gate / (1.f + exp2_fast(-gate * LOG2_E)) * up; }

DEV int chunk_start(int k_tiles, int chunk) { return k_tiles * chunk / CHUNKS; }

DEV u32 pair(num low, num high) { return (u32)low.bits | (u32)high.bits << 16; }

DEV Word4 row_piece(const num* x, int row, int rows, int stride, int k) {
  Word4 zero = {0, 0, 0, 0};
  return row < rows ? *(const Word4*)(x + (i64)row * stride + k) : zero;
}

DEV Word4 normed_piece(const Rows& in, int row, int rows, float scale, int k) {
  Word4 piece = {0, 0, 0, 0};
  if (row >= rows || k >= in.hidden) return piece;
  const Float4* x = (const Float4*)(in.residual + (i64)row * in.hidden + k);
  const Float4* w = (const Float4*)(in.weight + k);
  Float4 x0 = x[0], x1 = x[1], w0 = w[0], w1 = w[1];
  piece.x = pair(normed(x0.x, scale, w0.x), normed(x0.y, scale, w0.y));
  piece.y = pair(normed(x0.z, scale, w0.z), normed(x0.w, scale, w0.w));
  piece.z = pair(normed(x1.x, scale, w1.x), normed(x1.y, scale, w1.y));
  piece.w = pair(normed(x1.z, scale, w1.z), normed(x1.w, scale, w1.w));
  return piece;
}

DEV void step(float (&sum)[4], const Word4& low, const Word4& high, const Word4& b) {
  mma(sum, low.x, high.x, low.y, high.y, b.x, b.y);
  mma(sum, low.z, high.z, low.w, high.w, b.z, b.w);
}

// What the row's adapter adds to a packed row of the matrix.
DEV float adapted(const Adapters& adapters, int m, int row, float y) {
  if (!adapters.table || adapters.of_row[m] < 0) return y;
  Adapter adapter = adapters.table[adapters.of_row[m]];
  const float* b = adapter.b + (i64)row * adapter.rank;
  const float* h = adapters.shrunk + (i64)m * adapters.stride;
  float sum = 0.f;
#pragma unroll 4
  for (int r = 0; r < adapter.rank; r++) sum = __fmaf_rn(b[r], h[r], sum);
  return __fadd_rn(y, sum);
}

// Adds biases, rotates queries and keys, and writes keys and values to the row's place in the page pool, if it has one. A tile that is
// rotated holds 8 rows of the head's first half, then the 8 they are rotated with; other tiles hold 16 rows as they come.
//   page    layer 0 .. L-1, each: keys [head][slot][dim], values [head][dim][slot]
DEV void rotate_and_keep(const Rotation& r, num* queries, int query_stride, int tile, int n, int m, float low, float high) {
  int tiles_of_head = r.head_dim >> 4;
  int head = tile / tiles_of_head;
  int part = tile - head * tiles_of_head;
  int dim = 16 * part + n;
  int away = 8;
  if (r.bias) {
    low = __fadd_rn(low, r.bias[tile * 16 + n]);
    high = __fadd_rn(high, r.bias[tile * 16 + n + 8]);
  }
  if (head < r.heads + r.kv_heads && part < r.half >> 3) {
    dim = 8 * part + n;
    away = r.half;
    const float* turn = r.angles + ((i64)r.angle_rows[m] * r.half + dim) * 2;
    float c = turn[0], s = turn[1];
    float turned = __fmaf_rn(low, c, -__fmul_rn(high, s));
    high = __fmaf_rn(high, c, __fmul_rn(low, s));
    low = turned;
  }
  if (head < r.heads) {
    num* to = queries + (i64)m * query_stride + head * r.head_dim + dim;
    to[0] = narrow(low);
    to[away] = narrow(high);
    return;
  }
  int place = r.places[m];
  if (place < 0) return;
  int page_size = 1 << r.page_shift;
  int slot = place & (page_size - 1);
  num* keys = r.pool + (i64)(place >> r.page_shift) * r.page_size_in_nums + r.layer_offset;
  int kv = head - r.heads;
  if (kv < r.kv_heads) {
    num* to = keys + ((i64)kv * page_size + slot) * r.head_dim + dim;
    to[0] = narrow(low);
    to[away] = narrow(high);
  } else {
    num* to = keys + ((i64)kv * r.head_dim + dim) * page_size + slot;
    to[0] = narrow(low);
    to[(i64)away * page_size] = narrow(high);
  }
}

// Takes what a thread holds of a tile at row m of x, if `there`: results of rows n and n + 8 of the tile's 16. The eight threads of an m
// come together; the next n is LANES lanes away.
template <int KIND, int LANES>
DEV void emit(const Out& out, const Matrix& matrix, const Adapters& adapters, const Rotation& rotation, int tile, int n, int m, bool there,
              float low, float high) {
  int row = tile * 16 + n;
  if (KIND == SWIGLU) {
    // a tile holds 8 rows of gates, then the 8 rows of ups of the same outputs
    if (there && tile * 8 + n < matrix.n_size) {
      low = adapted(adapters, m, row, low);
      high = adapted(adapters, m, row + 8, high);
      ((num*)out.to)[(i64)m * out.stride + tile * 8 + n] = narrow(swiglu(low, high));
    }
    return;
  }
  if (KIND == ROTATE) {
    if (there && row < matrix.n_size) {
      low = adapted(adapters, m, row, low);
      high = adapted(adapters, m, row + 8, high);
      rotate_and_keep(rotation, (num*)out.to, out.stride, tile, n, m, low, high);
    }
    return;
  }
  bool first = there && row < matrix.n_size;
  bool second = there && row + 8 < matrix.n_size;
  float* to = (float*)out.to + (i64)m * out.stride + row;
  if (KIND == ADD) {
    low = first ? __fadd_rn(to[0], adapted(adapters, m, row, low)) : 0.f;
    high = second ? __fadd_rn(to[8], adapted(adapters, m, row + 8, high)) : 0.f;
  }
  if (first) to[0] = low;
  if (second) to[8] = high;
  if (KIND == ADD) {
    float square = __fmaf_rn(high, high, __fmul_rn(low, low));
    for (int away = LANES; away < 8 * LANES; away <<= 1) square = __fadd_rn(square, __shfl_xor_sync(ALL_LANES, square, away));
    if (first && n == 0) out.squares[(i64)m * out.parts + tile] = square;
  }
}

// Few rows: a block computes 16 outputs of 8 * COLUMNS rows, one warp a chunk. 256 threads.
template <int COLUMNS, int KIND, bool NORMED>
DEV void gemm_narrow(const int* count, const Matrix& matrix, const Rows& in, const Out& out, const Adapters& adapters,
                     const Rotation& rotation) {
  const int AHEAD = 3;
  __shared__ float parts[CHUNKS][COLUMNS * 8][17];
  __shared__ float scales[COLUMNS * 8];
  LET_NEXT_BEGIN();
  int rows = *count;
  int first = blockIdx.y * COLUMNS * 8;
  if (first >= rows) {
    AWAIT_ALL_BEFORE();
    return;
  }
  int lane = threadIdx.x & 31;
  int warp = threadIdx.x >> 5;
  int g = lane >> 2;
  int q = lane & 3;
  int start = chunk_start(matrix.k_tiles, warp);
  int end = chunk_start(matrix.k_tiles, warp + 1);
  const Word4* tiles = (const Word4*)matrix.weights + (i64)blockIdx.x * matrix.k_tiles * 64 + lane;
  // weights do not wait for the rows
  Word4 ahead[AHEAD][2];
#pragma unroll
  for (int i = 0; i < AHEAD; i++) {
    Word4 zero = {0, 0, 0, 0};
    bool there = start + i < end;
    ahead[i][0] = there ? tiles[(start + i) * 64] : zero;
    ahead[i][1] = there ? tiles[(start + i) * 64 + 32] : zero;
  }
  AWAIT_ALL_BEFORE();
  float scale[COLUMNS];
  if (NORMED) {
#pragma unroll
    for (int j = 0; j < COLUMNS; j++) {
      int row = first + 8 * j + warp;
      float s = row < rows ? row_scale(in.squares + (i64)row * in.parts, in.parts, in.hidden, in.epsilon) : 0.f;
      if (lane == 0) scales[8 * j + warp] = s;
    }
    __syncthreads();
#pragma unroll
    for (int j = 0; j < COLUMNS; j++) scale[j] = scales[8 * j + g];
  }
  float sums[COLUMNS][4];
#pragma unroll
  for (int j = 0; j < COLUMNS; j++) {
#pragma unroll
    for (int i = 0; i < 4; i++) sums[j][i] = 0.f;
  }
#pragma unroll
  for (int i = 0; i < AHEAD; i++) {
    if (start + i < end) {
      int k = (start + i) * 32 + 8 * q;
#pragma unroll
      for (int j = 0; j < COLUMNS; j++) {
        int row = first + 8 * j + g;
        step(sums[j], ahead[i][0], ahead[i][1],
             NORMED ? normed_piece(in, row, rows, scale[j], k) : row_piece(in.x, row, rows, in.stride, k));
      }
    }
  }
#pragma unroll 4
  for (int t = start + AHEAD; t < end; t++) {
    Word4 low = tiles[t * 64];
    Word4 high = tiles[t * 64 + 32];
#pragma unroll
    for (int j = 0; j < COLUMNS; j++) {
      int row = first + 8 * j + g;
      step(sums[j], low, high,
           NORMED ? normed_piece(in, row, rows, scale[j], t * 32 + 8 * q) : row_piece(in.x, row, rows, in.stride, t * 32 + 8 * q));
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
  int i = threadIdx.x;
  if (i >= COLUMNS * 64) return;
  int m = i >> 3;
  int n = i & 7;
  float low = parts[0][m][n];
  float high = parts[0][m][n + 8];
#pragma unroll
  for (int c = 1; c < CHUNKS; c++) {
    low = __fadd_rn(low, parts[c][m][n]);
    high = __fadd_rn(high, parts[c][m][n + 8]);
  }
  emit<KIND, 1>(out, matrix, adapters, rotation, blockIdx.x, n, first + m, first + m < rows, low, high);
}

// Many rows: a block computes 64 outputs of 64 rows, a warp 32 of 32. 128 threads.
template <int KIND>
DEV void gemm_wide(const int* count, const Matrix& matrix, const Rows& in, const Out& out, const Adapters& adapters,
                   const Rotation& rotation) {
  LET_NEXT_BEGIN();
  AWAIT_ALL_BEFORE();
  int rows = *count;
  int k_tiles = matrix.k_tiles;
  int lane = threadIdx.x & 31;
  int warp = threadIdx.x >> 5;
  int g = lane >> 2;
  int q = lane & 3;
  int first = blockIdx.y * 64 + (warp >> 1) * 32;
  if (first >= rows) return;
  int tile = blockIdx.x * 4 + (warp & 1) * 2;
  const Word4* tiles = (const Word4*)matrix.weights + (i64)tile * k_tiles * 64 + lane;
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
        Word4 b = row_piece(in.x, first + 8 * j + g, rows, in.stride, t * 32 + 8 * q);
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
#pragma unroll
      for (int e = 0; e < 2; e++) {
        int m = first + 8 * j + 2 * q + e;
        emit<KIND, 4>(out, matrix, adapters, rotation, tile + i, g, m, m < rows, totals[i][j][e], totals[i][j][e + 2]);
      }
    }
  }
}

#define PLAIN_ROWS const num *x, int x_stride
#define PLAIN_IN {x, x_stride, 0, 0, 0, 0, 0.f, 0}
#define NORMED_ROWS const float *residual, const float *squares, int parts, const float *norm, float epsilon, int hidden
#define NORMED_IN {0, 0, residual, squares, parts, norm, epsilon, hidden}
#define ADAPTERS const Adapter *table, const int *of_row, const float *shrunk, int shrunk_stride
#define NO_ROTATION {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}

#define GEMM_STORE(WIDTH, CALL)                                                                                                 \
  KERNEL gemm_store_##WIDTH(const int* count, const num* weights, int k_tiles, int n_size, PLAIN_ROWS, float* out, int stride) { \
    CALL(count, {weights, k_tiles, n_size}, PLAIN_IN, {out, stride, 0, 0}, {0, 0, 0, 0}, NO_ROTATION);                          \
  }
GEMM_STORE(8, (gemm_narrow<1, STORE, false>))
GEMM_STORE(16, (gemm_narrow<2, STORE, false>))
GEMM_STORE(32, (gemm_narrow<4, STORE, false>))
GEMM_STORE(64, (gemm_wide<STORE>))

#define GEMM_ADD(WIDTH, CALL)                                                                                                   \
  KERNEL gemm_add_##WIDTH(const int* count, const num* weights, int k_tiles, int n_size, PLAIN_ROWS, float* out, int stride,     \
                          float* squares, int parts, ADAPTERS) {                                                                \
    CALL(count, {weights, k_tiles, n_size}, PLAIN_IN, {out, stride, squares, parts}, {table, of_row, shrunk, shrunk_stride},    \
         NO_ROTATION);                                                                                                          \
  }
GEMM_ADD(8, (gemm_narrow<1, ADD, false>))
GEMM_ADD(16, (gemm_narrow<2, ADD, false>))
GEMM_ADD(32, (gemm_narrow<4, ADD, false>))
GEMM_ADD(64, (gemm_wide<ADD>))

#define GEMM_SWIGLU(NAME, IN, ROWS_IN, CALL)                                                                                    \
  KERNEL NAME(const int* count, const num* weights, int k_tiles, int n_size, IN, num* out, int stride, ADAPTERS) {              \
    CALL(count, {weights, k_tiles, n_size}, ROWS_IN, {out, stride, 0, 0}, {table, of_row, shrunk, shrunk_stride}, NO_ROTATION); \
  }
GEMM_SWIGLU(gemm_swiglu_8, PLAIN_ROWS, PLAIN_IN, (gemm_narrow<1, SWIGLU, false>))
GEMM_SWIGLU(gemm_swiglu_16, PLAIN_ROWS, PLAIN_IN, (gemm_narrow<2, SWIGLU, false>))
GEMM_SWIGLU(gemm_swiglu_32, PLAIN_ROWS, PLAIN_IN, (gemm_narrow<4, SWIGLU, false>))
GEMM_SWIGLU(gemm_swiglu_64, PLAIN_ROWS, PLAIN_IN, (gemm_wide<SWIGLU>))
GEMM_SWIGLU(norm_gemm_swiglu_8, NORMED_ROWS, NORMED_IN, (gemm_narrow<1, SWIGLU, true>))
GEMM_SWIGLU(norm_gemm_swiglu_16, NORMED_ROWS, NORMED_IN, (gemm_narrow<2, SWIGLU, true>))
GEMM_SWIGLU(norm_gemm_swiglu_32, NORMED_ROWS, NORMED_IN, (gemm_narrow<4, SWIGLU, true>))

#define GEMM_ROTATE(NAME, IN, ROWS_IN, CALL)                                                                                    \
  KERNEL NAME(const int* count, const num* weights, int k_tiles, int n_size, IN, num* queries, int query_stride, ADAPTERS,      \
              const int* angle_rows, const int* places, const float* bias, const float* angles, int half, num* pool,            \
              i64 page_size_in_nums, i64 layer_offset, int page_shift, int heads, int kv_heads, int head_dim) {                 \
    CALL(count, {weights, k_tiles, n_size}, ROWS_IN, {queries, query_stride, 0, 0}, {table, of_row, shrunk, shrunk_stride},     \
         {angle_rows, places, bias, angles, half, pool, page_size_in_nums, layer_offset, page_shift, heads, kv_heads,           \
          head_dim});                                                                                                           \
  }
GEMM_ROTATE(gemm_rotate_8, PLAIN_ROWS, PLAIN_IN, (gemm_narrow<1, ROTATE, false>))
GEMM_ROTATE(gemm_rotate_16, PLAIN_ROWS, PLAIN_IN, (gemm_narrow<2, ROTATE, false>))
GEMM_ROTATE(gemm_rotate_32, PLAIN_ROWS, PLAIN_IN, (gemm_narrow<4, ROTATE, false>))
GEMM_ROTATE(gemm_rotate_64, PLAIN_ROWS, PLAIN_IN, (gemm_wide<ROTATE>))
GEMM_ROTATE(norm_gemm_rotate_8, NORMED_ROWS, NORMED_IN, (gemm_narrow<1, ROTATE, true>))
GEMM_ROTATE(norm_gemm_rotate_16, NORMED_ROWS, NORMED_IN, (gemm_narrow<2, ROTATE, true>))
GEMM_ROTATE(norm_gemm_rotate_32, NORMED_ROWS, NORMED_IN, (gemm_narrow<4, ROTATE, true>))

// What becomes of products that a library has computed: y f32 [rows, packed rows of the matrix], one block a row.
template <int KIND>
DEV void finish(const int* count, const float* y, int y_stride, int n_size, const Out& out, const Adapters& adapters,
                const Rotation& rotation) {
  LET_NEXT_BEGIN();
  AWAIT_ALL_BEFORE();
  int m = blockIdx.x;
  if (m >= *count) return;
  const float* from = y + (i64)m * y_stride;
  Matrix matrix = {0, 0, n_size};
  // strides are multiples of 64: warps are whole
  for (int i = threadIdx.x; i < y_stride / 2; i += blockDim.x) {
    int tile = i >> 3;
    int n = i & 7;
    emit<KIND, 1>(out, matrix, adapters, rotation, tile, n, m, true, from[tile * 16 + n], from[tile * 16 + n + 8]);
  }
}

KERNEL finish_add(const int* count, const float* y, int y_stride, int n_size, float* out, int stride, float* squares, int parts,
                  ADAPTERS) {
  finish<ADD>(count, y, y_stride, n_size, {out, stride, squares, parts}, {table, of_row, shrunk, shrunk_stride}, NO_ROTATION);
}

KERNEL finish_swiglu(const int* count, const float* y, int y_stride, int n_size, num* out, int stride, ADAPTERS) {
  finish<SWIGLU>(count, y, y_stride, n_size, {out, stride, 0, 0}, {table, of_row, shrunk, shrunk_stride}, NO_ROTATION);
}

KERNEL finish_rotate(const int* count, const float* y, int y_stride, int n_size, num* queries, int query_stride, ADAPTERS,
                     const int* angle_rows, const int* places, const float* bias, const float* angles, int half, num* pool,
                     i64 page_size_in_nums, i64 layer_offset, int page_shift, int heads, int kv_heads, int head_dim) {
  finish<ROTATE>(count, y, y_stride, n_size, {queries, query_stride, 0, 0}, {table, of_row, shrunk, shrunk_stride},
                 {angle_rows, places, bias, angles, half, pool, page_size_in_nums, layer_offset, page_shift, heads, kv_heads, head_dim});
}
