// A stand-in for cuBLAS, as far as the driver uses it: handles, the stream, and products with f32 sums. It checks handles, contexts,
// shapes and the memory that a product reads and writes, and computes when the stream gets there.
#include <set>

#include "api.h"
#include "halves.h"
#include "memory.h"

using namespace emulator;

namespace {

enum Answer { OK = 0, NOT_INITIALISED = 1, INVALID = 7, UNSUPPORTED_HERE = 15 };
enum { REAL_16F = 2, REAL_16BF = 14, REAL_32F = 0, COMPUTE_32F = 68, NO_TRANSPOSE = 0, TRANSPOSE = 1 };

struct Handle {
    Context* context;
    void* stream = nullptr;
};

std::set<Handle*>& handles() {
    static auto* all = new std::set<Handle*>();
    return *all;
}

Handle* handleOf(const Call& call, void* p) {
    auto* h = static_cast<Handle*>(p);
    if (!handles().count(h)) {
        call.refuse(INVALID_HANDLE, "no such cuBLAS handle");
        return nullptr;
    }
    if (h->context != call.context) {
        call.refuse(INVALID_CONTEXT, "the cuBLAS handle belongs to another context");
        return nullptr;
    }
    return h;
}

float value(int type, uint64_t at, size_t i) {
    if (type == REAL_32F) return reinterpret_cast<const float*>(at)[i];
    uint16_t bits = reinterpret_cast<const uint16_t*>(at)[i];
    return type == REAL_16F ? toFloat(Half{bits}) : toFloat(Brain{bits});
}

size_t bytesOf(int type) { return type == REAL_32F ? 4 : 2; }

}  // namespace

// cuBLAS calls of this stand-in count and fail like calls of the driver API: by their names.
#define ENTER_BLAS                              \
    emulator::Call call(__func__, Needs::CONTEXT); \
    if (call.status != SUCCESS) return NOT_INITIALISED

extern "C" {

int cublasCreate_v2(void** handle) {
    ENTER_BLAS;
    auto* h = new Handle{call.context};
    handles().insert(h);
    *handle = h;
    return OK;
}
int cublasDestroy_v2(void* p) {
    ENTER_BLAS;
    Handle* h = handleOf(call, p);
    if (!h) return NOT_INITIALISED;
    handles().erase(h);
    delete h;
    return OK;
}
int cublasSetStream_v2(void* p, void* stream) {
    ENTER_BLAS;
    Handle* h = handleOf(call, p);
    if (!h || !call.stream(stream)) return INVALID;
    h->stream = stream;
    return OK;
}
int cublasGetVersion_v2(void*, int* version) {
    *version = 120600;
    return OK;
}
int cublasGemmEx(void* p, int ta, int tb, int m, int n, int k, const void* alpha, const void* a, int aType, int lda, const void* b, int bType, int ldb,
                 const void* beta, void* c, int cType, int ldc, int compute, int) {
    ENTER_BLAS;
    Handle* h = handleOf(call, p);
    if (!h) return NOT_INITIALISED;
    if (m < 0 || n < 0 || k < 0 || lda < std::max(1, ta == NO_TRANSPOSE ? m : k) || ldb < std::max(1, tb == NO_TRANSPOSE ? k : n) || ldc < std::max(1, m)) {
        call.refuse(INVALID_VALUE, "a matrix of this shape does not fit its leading dimension");
        return INVALID;
    }
    if (cType != REAL_32F || compute != COMPUTE_32F || aType != bType || (aType != REAL_16F && aType != REAL_16BF)) return UNSUPPORTED_HERE;
    auto stream = call.stream(h->stream);
    if (!stream) return INVALID;
    float scale = *static_cast<const float*>(alpha), keep = *static_cast<const float*>(beta);
    auto A = reinterpret_cast<uint64_t>(a), B = reinterpret_cast<uint64_t>(b), C = reinterpret_cast<uint64_t>(c);
    auto extent = [](int rows, int columns, int ld, size_t bytes) { return ((static_cast<size_t>(columns) - 1) * static_cast<size_t>(ld) + static_cast<size_t>(rows)) * bytes; };
    size_t bytesA = ta == NO_TRANSPOSE ? extent(m, k, lda, bytesOf(aType)) : extent(k, m, lda, bytesOf(aType));
    size_t bytesB = tb == NO_TRANSPOSE ? extent(k, n, ldb, bytesOf(bType)) : extent(n, k, ldb, bytesOf(bType));
    size_t bytesC = extent(m, n, ldc, 4);
    return call.runtime.push(*stream, {"cublasGemmEx", [=]() -> std::optional<Fault> {
        for (auto [at, bytes] : {std::pair{A, bytesA}, {B, bytesB}, {C, bytesC}})
            if (!Memory::device().holds(at, bytes)) return Fault{ILLEGAL_ADDRESS, "cublasGemmEx: " + Memory::device().describe(at, bytes)};
        for (int j = 0; j < n; j++)
            for (int i = 0; i < m; i++) {
                float sum = 0;
                for (int l = 0; l < k; l++) {
                    size_t ia = ta == NO_TRANSPOSE ? static_cast<size_t>(l) * lda + i : static_cast<size_t>(i) * lda + l;
                    size_t ib = tb == NO_TRANSPOSE ? static_cast<size_t>(j) * ldb + l : static_cast<size_t>(l) * ldb + j;
                    sum += value(aType, A, ia) * value(bType, B, ib);
                }
                auto at = static_cast<size_t>(j) * ldc + i;
                float before = keep == 0 ? 0 : keep * reinterpret_cast<const float*>(C)[at];
                float out = scale * sum + before;
                Memory::device().fromHost(C + 4 * at, &out, 4);
            }
        return std::nullopt;
    }}) == SUCCESS ? OK : 14;
}

}  // extern "C"
