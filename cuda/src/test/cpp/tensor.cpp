// mma.sync and ldmatrix. Reference: PTX ISA, "Warp Level Matrix Multiply-Accumulate Instructions": fragments of m16n8k8 and
// m16n8k16. Products of halves are exact in float; they are added in order of k.
#include "access.h"
#include "builder.h"
#include "floats.h"

#if defined(__FMA__) && defined(__AVX__)
#include <immintrin.h>
#endif

namespace emulator {
namespace {

using ptx::Type;

const int* more(Warp& w, const Op* o) { return w.block->program->extra.data() + o->extra; }

/** The values of even and odd columns of a row of 8 lie in four lanes of two registers. */
inline void interleave(const float* even, const float* odd, float* to) {
    for (int l = 0; l < 32; l++) {
        to[2 * l] = even[l];
        to[2 * l + 1] = odd[l];
    }
}

/** c += a b, k ascending; rows of c side by side, so that their chains of additions overlap. */
template <int K>
inline void accumulate(const float (&a)[16][K], const float (&b)[K][8], float (&c)[16][8]) {
#if defined(__FMA__) && defined(__AVX__)
    __m256 sum[16];
#pragma GCC unroll 16
    for (int m = 0; m < 16; m++) sum[m] = _mm256_load_ps(c[m]);
    for (int k = 0; k < K; k++) {
        __m256 right = _mm256_load_ps(b[k]);
#pragma GCC unroll 16
        for (int m = 0; m < 16; m++) sum[m] = _mm256_fmadd_ps(_mm256_set1_ps(a[m][k]), right, sum[m]);
    }
#pragma GCC unroll 16
    for (int m = 0; m < 16; m++) _mm256_store_ps(c[m], sum[m]);
#else
    for (int m = 0; m < 16; m++)
        for (int k = 0; k < K; k++)
            for (int n = 0; n < 8; n++) c[m][n] = __builtin_fmaf(a[m][k], b[k][n], c[m][n]);
#endif
}

template <class H, int K>
const Op* mma(Warp& w, const Op* o) {
    if (w.act != w.live) return w.park(o);
    if (w.act != ~0u) w.fail(o, LAUNCH_FAILED, "mma needs all 32 lanes of a warp");
    constexpr int RA = K / 4, RB = K / 8;  // registers of A and B: A has RA, B has RB
    const int* rows = more(w, o);          // d[4], a[RA], b[RB], c[4]
    alignas(64) float a[16][K], b[K][8], c[16][8], pairs[64];
    // both halves of a register, lanes in order: rows of 8 values, one for each four lanes
    auto halves = [&](int row) {
        const uint32_t* r = w.row32(row);
        alignas(64) float low[32], high[32];
        for (int l = 0; l < 32; l++) low[l] = toFloat(H{static_cast<uint16_t>(r[l])});
        for (int l = 0; l < 32; l++) high[l] = toFloat(H{static_cast<uint16_t>(r[l] >> 16)});
        interleave(low, high, pairs);
    };
    for (int i = 0; i < RA; i++) {
        halves(rows[4 + i]);
        for (int g = 0; g < 8; g++) std::memcpy(&a[g + (i & 1) * 8][(i >> 1) * 8], pairs + 8 * g, 32);
    }
    for (int i = 0; i < RB; i++) {
        halves(rows[4 + RA + i]);
        for (int n = 0; n < 8; n++)
            for (int k = 0; k < 8; k++) b[k + i * 8][n] = pairs[8 * n + k];
    }
    auto floats = [&](int row) { return reinterpret_cast<float*>(w.row32(row)); };
    for (int i = 0; i < 2; i++) interleave(floats(rows[4 + RA + RB + 2 * i]), floats(rows[5 + RA + RB + 2 * i]), c[8 * i]);
    accumulate<K>(a, b, c);
    for (int i = 0; i < 2; i++) {
        float *even = floats(rows[2 * i]), *odd = floats(rows[2 * i + 1]);
        const float* from = c[8 * i];
        for (int l = 0; l < 32; l++) {
            even[l] = from[2 * l];
            odd[l] = from[2 * l + 1];
        }
    }
    return o + 1;
}

void decodeMma(Builder& b) {
    b.permit({"sync", "aligned", "m16n8k16", "m16n8k8", "row", "col"});
    const auto& op = b.s().op;
    size_t n = op.size();
    bool brain = op[n - 2] == "bf16", half = op[n - 2] == "f16";
    bool known = n > 5 && op[n - 1] == "f32" && op[n - 4] == "f32" && op[n - 3] == op[n - 2] && (brain || half) && b.s().has("row") && b.s().has("col");
    int k = b.s().has("m16n8k16") ? 16 : 8;
    if (!known || b.count() != 4) b.unsupported();
    std::vector<int> rows;
    const size_t sizes[] = {4, static_cast<size_t>(k / 4), static_cast<size_t>(k / 8), 4};
    for (size_t i = 0; i < 4; i++) {
        const auto& list = b.operand(i);
        std::vector<ptx::Operand> items = list.kind == ptx::Operand::LIST ? list.items : std::vector{list};
        if (items.size() != sizes[i]) b.unsupported("fragment size");
        for (const auto& x : items) rows.push_back(i == 0 ? b.out(x, Type::F32) : b.in(x, i == 3 ? Type::F32 : Type::B32));
    }
    int at = b.extra(rows);
    Op& emitted = b.collective(k == 16 ? (brain ? mma<Brain, 16> : mma<Half, 16>) : (brain ? mma<Brain, 8> : mma<Half, 8>));
    emitted.extra = at;
    emitted.aligned = true;
}

template <int N, bool TRANSPOSED>
const Op* ldmatrix(Warp& w, const Op* o) {
    if (w.act != w.live) return w.park(o);
    if (w.act != ~0u) w.fail(o, LAUNCH_FAILED, "ldmatrix needs all 32 lanes of a warp");
    uint16_t matrix[N][8][8];
    for (int l = 0; l < 8 * N; l++) std::memcpy(matrix[l >> 3][l & 7], locate<Access::READ>(w, o, addressOf(w, o, l), 16, l), 16);
    const int* rows = more(w, o);
    for (int i = 0; i < N; i++) {
        uint32_t* d = w.row32(rows[i]);
        for (int l = 0; l < 32; l++) {
            int r = l >> 2, c = (l & 3) * 2;
            uint32_t x = TRANSPOSED ? matrix[i][c][r] : matrix[i][r][c], y = TRANSPOSED ? matrix[i][c + 1][r] : matrix[i][r][c + 1];
            d[l] = x | y << 16;
        }
    }
    return o + 1;
}

void decodeLdmatrix(Builder& b) {
    b.permit({"sync", "aligned", "m8n8", "x1", "x2", "x4", "trans", "shared", "shared::cta"});
    bool trans = b.s().has("trans");
    int n = b.s().has("x4") ? 4 : b.s().has("x2") ? 2 : 1;
    if (b.type() != Type::B16) b.unsupported();
    const auto& to = b.operand(0);
    std::vector<ptx::Operand> items = to.kind == ptx::Operand::LIST ? to.items : std::vector{to};
    if (static_cast<int>(items.size()) != n) b.unsupported();
    std::vector<int> rows;
    for (const auto& x : items) rows.push_back(b.out(x, Type::B32));
    b.accesses(16);
    Op place;
    b.address(place, b.operand(1));
    int at = b.extra(rows);
    Op& op = b.collective(n == 4 ? (trans ? ldmatrix<4, true> : ldmatrix<4, false>)
                          : n == 2 ? (trans ? ldmatrix<2, true> : ldmatrix<2, false>)
                                   : (trans ? ldmatrix<1, true> : ldmatrix<1, false>));
    op.imm = place.imm;
    op.a = place.a;
    op.wide = place.wide;
    op.space = b.s().has("shared") || b.s().has("shared::cta") ? Space::SHARED : Space::GENERIC;
    op.extra = at;
    op.aligned = true;
}

}  // namespace

const Group TENSOR[] = {{"mma", decodeMma}, {"ldmatrix", decodeLdmatrix}, {nullptr, nullptr}};

}  // namespace emulator
