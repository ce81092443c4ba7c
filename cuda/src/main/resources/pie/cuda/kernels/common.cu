// Shared by all kernels; compiled in front of them as one text, without any header. PIE_BF16 makes `num` bf16 instead of f16.

typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long i64;

#define DEV static __device__ __forceinline__
#define DEV_MEMBER __device__ __forceinline__
#define KERNEL extern "C" __global__ void

struct alignas(16) Word4 {
  u32 x, y, z, w;
};
struct alignas(16) Float4 {
  float x, y, z, w;
};
struct alignas(8) Word2 {
  u32 x, y;
};

// Number of weights, activations, keys and values.
struct num {
  u16 bits;
};

#ifdef PIE_BF16
DEV float widen(num v) { return __uint_as_float((u32)v.bits << 16); }
DEV num narrow(float v) {
  num r;
  asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(r.bits) : "f"(v));
  return r;
}
DEV void mma(float (&d)[4], u32 a0, u32 a1, u32 a2, u32 a3, u32 b0, u32 b1) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3},{%4,%5,%6,%7},{%8,%9},{%0,%1,%2,%3};"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(b0), "r"(b1));
}
#else
DEV float widen(num v) {
  float r;
  asm("cvt.f32.f16 %0, %1;" : "=f"(r) : "h"(v.bits));
  return r;
}
// What is out of range goes to the largest number, so that no infinity meets a zero; NaN stays.
DEV num narrow(float v) {
  num r;
  float kept = v > 65504.f ? 65504.f : v < -65504.f ? -65504.f : v;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(r.bits) : "f"(kept));
  return r;
}
DEV void mma(float (&d)[4], u32 a0, u32 a1, u32 a2, u32 a3, u32 b0, u32 b1) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3},{%4,%5,%6,%7},{%8,%9},{%0,%1,%2,%3};"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(b0), "r"(b1));
}
#endif

DEV float exp2_fast(float x) {
  float r;
  asm("ex2.approx.f32 %0, %1;" : "=f"(r) : "f"(x));
  return r;
}

// Kernels of a step follow each other closely: where the device can (compute capability 9.0) and the host asked for it, a kernel begins
// while the one before it ends. So each lets the next begin at once, and reads nothing that kernels write, and writes nothing, before it
// has awaited what came before; what copies brought (inputs of the step, weights) is there. Every thread must await before it ends, since
// the next kernel takes this one's end for the end of all before it. The shipped PTX is for older devices too: there the instructions are
// comments, which KernelSource uncovers. PTX ISA, "griddepcontrol".
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
#define LET_NEXT_BEGIN() asm volatile("griddepcontrol.launch_dependents;" ::: "memory")
#define AWAIT_ALL_BEFORE() asm volatile("griddepcontrol.wait;" ::: "memory")
#else
#define LET_NEXT_BEGIN() asm volatile("//sm_90: griddepcontrol.launch_dependents;" ::: "memory")
#define AWAIT_ALL_BEFORE() asm volatile("//sm_90: griddepcontrol.wait;" ::: "memory")
#endif

#define ALL_LANES 0xffffffffu
#define LOG2_E 1.4426950408889634f

DEV float warp_sum(float v) {
  for (int away = 16; away > 0; away >>= 1) v = __fadd_rn(v, __shfl_xor_sync(ALL_LANES, v, away));
  return v;
}

// Numbers of the step, at the front of its inputs: kernels launched for more stop at these.
enum { ROWS = 0, HEAD_ROWS = 1, DRAWS = 2, ITEMS = 3, MERGES = 4 };

// Place of element k of row n in a matrix packed for gemm: tiles of 16 rows and 32 columns, 1 KiB each, in the order in which the
// lanes of a warp feed mma.sync; tiles of a row of tiles lie side by side.
//   tile    [half: rows 0-7, 8-15][lane = 4 * (row % 8) + column / 8][column % 8]
DEV i64 packed(int n, int k, int k_tiles) {
  i64 tile = (i64)(n >> 4) * k_tiles + (k >> 5);
  return tile * 512 + (n >> 3 & 1) * 256 + (n & 7) * 32 + (k & 31);
}

// The sum of a row's squares is kept in parts, one for each 16 columns, which whatever writes the row leaves beside it. All lanes of
// the warp add them in the same order and get 1 / rms.
DEV float row_scale(const float* squares, int parts, int hidden, float epsilon) {
  float sum = 0.f;
#pragma unroll 1
  for (int i = threadIdx.x & 31; i < parts; i += 32) sum = __fadd_rn(sum, squares[i]);
  return 1.f / sqrtf(__fadd_rn(warp_sum(sum) / hidden, epsilon));
}

DEV num normed(float x, float scale, float weight) { return narrow(__fmul_rn(__fmul_rn(x, scale), weight)); }

// A low-rank addition B (A x) to a matrix: a [rank, inputs], b [packed row of the matrix, rank], both f32.
struct Adapter {
  const float* a;
  const float* b;
  int rank, unused;
};
