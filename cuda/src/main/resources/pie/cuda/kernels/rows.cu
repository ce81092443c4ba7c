// Kernels that work row by row: one block a row, so that no row depends on another.

// x[row, :] = table[token, :]; a token ~j (negative) is draw j of the step before.
KERNEL embed(const int* counts, const int* tokens, const int* drawn, const num* table, int k_tiles, int hidden, float* x) {
  int row = blockIdx.x;
  if (row >= counts[ROWS]) return;
  int token = tokens[row];
  if (token < 0) token = drawn[~token];
  for (int i = threadIdx.x; i < hidden; i += blockDim.x) {
    x[(i64)row * hidden + i] = widen(table[packed(token, i, k_tiles)]);
  }
}

// out[row, :] = x[source, :] / rms * weight, source = rows[row] or row itself. Blocks of 256 threads.
KERNEL rms_norm(const int* count, const int* rows, const float* x, const float* weight, float epsilon, int hidden, num* out,
            int stride) {
  __shared__ float sums[8];
  int row = blockIdx.x;
  if (row >= *count) return;
  const float* from = x + (i64)(rows ? rows[row] : row) * hidden;
  float sum = 0.f;
  for (int i = threadIdx.x; i < hidden; i += 256) sum = __fmaf_rn(from[i], from[i], sum);
  sum = warp_sum(sum);
  if ((threadIdx.x & 31) == 0) sums[threadIdx.x >> 5] = sum;
  __syncthreads();
  float all = 0.f;
  for (int i = 0; i < 8; i++) all = __fadd_rn(all, sums[i]);
  float scale = 1.f / sqrtf(all / hidden + epsilon);
  for (int i = threadIdx.x; i < hidden; i += 256) out[(i64)row * stride + i] = narrow(from[i] * scale * weight[i]);
}

DEV float biased(const float* y, const float* bias, int i) { return bias ? y[i] + bias[i] : y[i]; }

// Adds biases, rotates queries and keys, and writes keys and values to the row's place in the page pool, if it has one.
//   page    layer 0 .. L-1, each: keys [head][slot][dim], values [head][dim][slot]
KERNEL rope_append(const int* counts, const int* angle_rows, const int* places, const float* qkv, int qkv_stride, const float* bias,
                   const float* angles, int half, num* queries, int query_stride, num* pool, i64 page_size_in_nums,
                   i64 layer_offset, int page_shift, int heads, int kv_heads, int head_dim) {
  int row = blockIdx.x;
  if (row >= counts[ROWS]) return;
  const float* y = qkv + (i64)row * qkv_stride;
  const float* turn = angles + (i64)angle_rows[row] * half * 2;
  int place = places[row];
  int page_size = 1 << page_shift;
  int slot = place & (page_size - 1);
  num* keys = pool + (place < 0 ? 0 : (i64)(place >> page_shift)) * page_size_in_nums + layer_offset;
  num* values = keys + (i64)kv_heads * page_size * head_dim;
  int all = (heads + 2 * kv_heads) * head_dim;
  for (int i = threadIdx.x; i < all; i += blockDim.x) {
    int head = i / head_dim;
    int dim = i - head * head_dim;
    float v = biased(y, bias, i);
    if (head < heads + kv_heads && dim < 2 * half) {
      int angle = dim < half ? dim : dim - half;
      float c = turn[2 * angle];
      float s = turn[2 * angle + 1];
      v = dim < half ? v * c - biased(y, bias, i + half) * s : v * c + biased(y, bias, i - half) * s;
    }
    if (head < heads) {
      queries[(i64)row * query_stride + i] = narrow(v);
    } else if (place >= 0) {
      int kv = head - heads;
      if (kv < kv_heads) {
        keys[((i64)kv * page_size + slot) * head_dim + dim] = narrow(v);
      } else {
        values[((i64)(kv - kv_heads) * head_dim + dim) * page_size + slot] = narrow(v);
      }
    }
  }
}
