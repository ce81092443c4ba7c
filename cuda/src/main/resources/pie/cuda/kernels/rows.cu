// Kernels that work row by row: one block a row, so that no row depends on another.

// x[row, :] = table[token, :]; a token ~j (negative) is draw j of the step before. Also squares[row, :]: see row_scale.
KERNEL embed(const int* counts, const int* tokens, const int* drawn, const num* table, int k_tiles, int hidden, float* x,
             float* squares, int parts) {
  LET_NEXT_BEGIN();
  AWAIT_ALL_BEFORE();
  int row = blockIdx.x;
  if (row >= counts[ROWS]) return;
  int token = tokens[row];
  if (token < 0) token = drawn[~token];
  for (int base = 0; base < hidden; base += blockDim.x) {
    int i = base + threadIdx.x;
    float v = i < hidden ? widen(table[packed(token, i, k_tiles)]) : 0.f;
    if (i < hidden) x[(i64)row * hidden + i] = v;
    float square = __fmul_rn(v, v);
    for (int away = 8; away > 0; away >>= 1) square = __fadd_rn(square, __shfl_xor_sync(ALL_LANES, square, away));
    if ((threadIdx.x & 15) == 0 && i < hidden) squares[(i64)row * parts + (i >> 4)] = square;
  }
}

// out[row, :] = x[source, :] / rms * weight, source = rows[row] or row itself.
KERNEL rms_norm(const int* count, const int* rows, const float* x, const float* squares, int parts, const float* weight, float epsilon,
                int hidden, num* out, int stride) {
  LET_NEXT_BEGIN();
  AWAIT_ALL_BEFORE();
  int row = blockIdx.x;
  if (row >= *count) return;
  int source = rows ? rows[row] : row;
  const float* from = x + (i64)source * hidden;
  float scale = row_scale(squares + (i64)source * parts, parts, hidden, epsilon);
  for (int i = threadIdx.x; i < hidden; i += blockDim.x) out[(i64)row * stride + i] = normed(from[i], scale, weight[i]);
}

// shrunk[row, :] = A x of the row's adapter, in f32; a warp a sum, so that its order follows from the length alone, and blocks of a row
// share its sums. Rows of the base model have none.
template <bool NORMED>
DEV void shrink(const int* counts, const int* adapters, const Adapter* table, const num* x, int stride, const float* residual,
                const float* squares, int parts, const float* weight, float epsilon, int inputs, float* shrunk, int shrunk_stride) {
  LET_NEXT_BEGIN();
  AWAIT_ALL_BEFORE();
  int row = blockIdx.x;
  if (row >= counts[ROWS] || adapters[row] < 0) return;
  Adapter adapter = table[adapters[row]];
  float scale = NORMED ? row_scale(squares + (i64)row * parts, parts, inputs, epsilon) : 0.f;
  int warps = blockDim.x >> 5;
  for (int r = blockIdx.y * warps + (threadIdx.x >> 5); r < adapter.rank; r += gridDim.y * warps) {
    const float* a = adapter.a + (i64)r * inputs;
    float sum = 0.f;
#pragma unroll 8
    for (int i = threadIdx.x & 31; i < inputs; i += 32) {
      num v = NORMED ? normed(residual[(i64)row * inputs + i], scale, weight[i]) : x[(i64)row * stride + i];
      sum = __fmaf_rn(a[i], widen(v), sum);
    }
    sum = warp_sum(sum);
    if ((threadIdx.x & 31) == 0) shrunk[(i64)row * shrunk_stride + r] = sum;
  }
}

KERNEL shrink_normed(const int* counts, const int* adapters, const Adapter* table, const float* x, const float* squares, int parts,
                     const float* weight, float epsilon, int inputs, float* shrunk, int shrunk_stride) {
  shrink<true>(counts, adapters, table, 0, 0, x, squares, parts, weight, epsilon, inputs, shrunk, shrunk_stride);
}

KERNEL shrink_plain(const int* counts, const int* adapters, const Adapter* table, const num* x, int stride, int inputs, float* shrunk,
                    int shrunk_stride) {
  shrink<false>(counts, adapters, table, x, stride, 0, 0, 0, 0, 0.f, inputs, shrunk, shrunk_stride);
}
