// ld and st. Reference: PTX ISA, "Data Movement and Conversion Instructions: ld, st". Lanes that read or write one run of
// bytes, or all the same bytes, are checked and copied at once; others one by one.
#include "access.h"
#include "builder.h"

namespace emulator {
namespace {

using ptx::Type;

constexpr int SIGNED = 1, WIDER = 2;  // mode: extend with the sign; the register has 64 bits, the value fewer

template <int N>
using Bits = std::conditional_t<N == 1, uint8_t, std::conditional_t<N == 2, uint16_t, std::conditional_t<N == 4, uint32_t, uint64_t>>>;

template <int N>
inline Bits<N> fetch(const char* p) {
    Bits<N> v;
    std::memcpy(&v, p, N);
    return v;
}

template <int N>
inline uint64_t extended(Bits<N> v, int mode) {
    return mode & SIGNED ? static_cast<uint64_t>(static_cast<int64_t>(static_cast<std::make_signed_t<Bits<N>>>(v))) : v;
}

template <int N, int V>
inline int rowOf(Warp& w, const Op* o, int v) {
    return V == 1 ? o->d : w.block->program->extra[static_cast<size_t>(o->extra + v)];
}

/** Lane l gets the values at p + l * stride. */
template <int N, int V>
inline void spread(Warp& w, const Op* o, const char* p, unsigned stride) {
    for (int v = 0; v < V; v++) {
        int d = rowOf<N, V>(w, o, v);
        const char* from = p + v * N;
        if constexpr (N == 8) {
            auto* to = w.row64(d);
            for (unsigned l = 0; l < 32; l++) to[l] = fetch<N>(from + l * stride);
        } else if (o->mode & WIDER) {
            auto* to = w.row64(d);
            for (unsigned l = 0; l < 32; l++) to[l] = extended<N>(fetch<N>(from + l * stride), o->mode);
        } else if (N < 4 && (o->mode & SIGNED)) {
            auto* to = w.row32(d);
            for (unsigned l = 0; l < 32; l++) to[l] = static_cast<uint32_t>(extended<N>(fetch<N>(from + l * stride), SIGNED));
        } else {
            auto* to = w.row32(d);
            for (unsigned l = 0; l < 32; l++) to[l] = static_cast<uint32_t>(fetch<N>(from + l * stride));
        }
    }
}

template <int N, int V>
inline void deposit(Warp& w, const Op* o, int lane, const char* p) {
    for (int v = 0; v < V; v++) {
        int d = rowOf<N, V>(w, o, v);
        uint64_t x = extended<N>(fetch<N>(p + v * N), o->mode);
        if (N == 8 || (o->mode & WIDER))
            w.row64(d)[lane] = x;
        else
            w.row32(d)[lane] = static_cast<uint32_t>(x);
    }
}

template <int N, int V>
inline void collect(Warp& w, const Op* o, int lane, char* p) {
    for (int v = 0; v < V; v++) {
        int s = V == 1 ? o->b : w.block->program->extra[static_cast<size_t>(o->extra + v)];
        uint64_t x = N == 8 || (o->mode & WIDER) ? w.row64(s)[lane] : w.row32(s)[lane];
        std::memcpy(p + v * N, &x, N);
    }
}

template <int STRIDE>
inline bool contiguous(const uint64_t* a) {
    uint64_t off = 0;
    for (uint64_t l = 0; l < 32; l++) off |= a[l] - a[0] - l * STRIDE;
    return off == 0;
}

template <int N, int V, Space S>
const Op* load(Warp& w, const Op* o) {
    constexpr unsigned T = N * V;
    if (S == Space::GLOBAL && (w.act & w.awaited) == ~0u) {
        const uint64_t* a = w.row64(o->a);
        uint64_t first = a[0] + static_cast<uint64_t>(o->imm);
        if ((first & (T - 1)) == 0 && Memory::inside(first)) {
            if (contiguous<T>(a)) {
                if (Memory::written(first, 32 * T)) {
                    spread<N, V>(w, o, reinterpret_cast<const char*>(first), T);
                    return o + 1;
                }
            } else if (contiguous<0>(a) && Memory::written(first, T)) {
                char copy[T];
                std::memcpy(copy, reinterpret_cast<const char*>(first), T);
                spread<N, V>(w, o, copy, 0);
                return o + 1;
            }
        }
    }
    for (uint32_t m = w.act; m; m &= m - 1) {
        int l = std::countr_zero(m);
        uint64_t a = addressOf(w, o, l);
        char* p = S == Space::GLOBAL   ? globalAt<Access::READ>(w, o, a, T, l)
                  : S == Space::SHARED ? sharedAt<Access::READ>(w, o, a, T, l)
                                       : locate<Access::READ>(w, o, a, T, l);
        deposit<N, V>(w, o, l, p);
    }
    return o + 1;
}

template <int N, int V, Space S>
const Op* store(Warp& w, const Op* o) {
    constexpr unsigned T = N * V;
    for (uint32_t m = w.act; m; m &= m - 1) {
        int l = std::countr_zero(m);
        uint64_t a = addressOf(w, o, l);
        char* p = S == Space::GLOBAL   ? globalAt<Access::WRITE>(w, o, a, T, l)
                  : S == Space::SHARED ? sharedAt<Access::WRITE>(w, o, a, T, l)
                                       : locate<Access::WRITE>(w, o, a, T, l);
        collect<N, V>(w, o, l, p);
    }
    return o + 1;
}

template <bool LOAD, int N, int V>
Step inSpace(Space s) {
    switch (s) {
        case Space::GLOBAL: return LOAD ? load<N, V, Space::GLOBAL> : store<N, V, Space::GLOBAL>;
        case Space::SHARED: return LOAD ? load<N, V, Space::SHARED> : store<N, V, Space::SHARED>;
        default: return LOAD ? load<N, V, Space::GENERIC> : store<N, V, Space::GENERIC>;
    }
}
template <bool LOAD, int N>
Step ofWidth(int vec, Space s) {
    return vec == 1 ? inSpace<LOAD, N, 1>(s) : vec == 2 ? inSpace<LOAD, N, 2>(s) : N < 8 ? inSpace<LOAD, N < 8 ? N : 4, 4>(s) : nullptr;
}
template <bool LOAD>
Step access(unsigned size, int vec, Space s) {
    switch (size) {
        case 1: return ofWidth<LOAD, 1>(vec, s);
        case 2: return ofWidth<LOAD, 2>(vec, s);
        case 4: return ofWidth<LOAD, 4>(vec, s);
        default: return ofWidth<LOAD, 8>(vec, s);
    }
}

template <int N>
const Op* loadParameter(Warp& w, const Op* o) {
    const char* p = w.block->launch->parameters.data() + o->imm;
    for (int v = 0; v < o->vec; v++) {
        uint64_t x = extended<N>(fetch<N>(p + v * N), o->mode);
        int d = o->vec == 1 ? o->d : w.block->program->extra[static_cast<size_t>(o->extra + v)];
        if (N == 8 || (o->mode & WIDER)) {
            auto* to = w.row64(d);
            each(w.act, [=](int l) { to[l] = x; });
        } else {
            auto* to = w.row32(d);
            each(w.act, [=](int l) { to[l] = static_cast<uint32_t>(x); });
        }
    }
    return o + 1;
}

int vectorOf(const Builder& b) { return b.s().has("v4") ? 4 : b.s().has("v2") ? 2 : 1; }

void checkModifiers(const Builder& b) {
    for (size_t i = 1; i < b.s().op.size(); i++) {
        const std::string& m = b.word(i);
        static const char* const KNOWN[] = {"global", "shared", "shared::cta", "local", "param", "const", "v2", "v4", "nc", "ca", "cg", "cs", "lu", "cv", "wb", "wt", "volatile",
                                            "relaxed", "acquire", "release", "weak", "cta", "gpu", "sys", "cluster"};
        bool known = ptx::typeOf(m) != Type::NONE || m.compare(0, 4, "L1::") == 0 || m.compare(0, 4, "L2::") == 0;
        for (const char* k : KNOWN) known |= m == k;
        if (!known) b.unsupported("modifier ." + m);
    }
}

void decode(Builder& b, bool isLoad) {
    checkModifiers(b);
    Type t = b.type();
    unsigned size = ptx::bytesOf(t);
    int vec = vectorOf(b);
    const auto& value = b.operand(isLoad ? 0 : 1);
    const auto& place = b.operand(isLoad ? 1 : 0);
    Space space = b.s().has("global") || b.s().has("const")            ? Space::GLOBAL
                  : b.s().has("shared") || b.s().has("shared::cta") ? Space::SHARED
                  : b.s().has("local")                               ? Space::LOCAL
                                                                     : Space::GENERIC;
    if (space == Space::SHARED || space == Space::GENERIC) b.accesses(size * static_cast<unsigned>(vec));
    std::vector<ptx::Operand> values = value.kind == ptx::Operand::LIST ? value.items : std::vector{value};
    if (static_cast<int>(values.size()) != vec) b.unsupported("vector size");
    int mode = ptx::isSigned(t) ? SIGNED : 0;
    std::vector<int> rows;
    for (auto& v : values) {
        bool wide = b.is64(v) || size == 8;
        if (wide && size < 8) mode |= WIDER;
        Type as = wide ? Type::B64 : v.kind == ptx::Operand::REGISTER || v.kind == ptx::Operand::NAME ? Type::B32 : t;
        rows.push_back(isLoad ? b.out(v, as) : b.in(v, as));
    }
    bool parameter = isLoad && b.s().has("param");
    if (b.s().has("param") && !isLoad) b.unsupported();
    Step step = parameter ? (size == 1 ? loadParameter<1> : size == 2 ? loadParameter<2> : size == 4 ? loadParameter<4> : loadParameter<8>)
                          : isLoad ? access<true>(size, vec, space) : access<false>(size, vec, space);
    if (!step) b.unsupported();
    Op at;
    if (parameter) {
        int offset = b.parameter(place.name);
        if (offset < 0) b.unsupported("unknown parameter " + place.name);
        at.imm = offset + place.value;
    } else {
        b.address(at, place);
        if (space == Space::GLOBAL && !at.wide) b.unsupported("a 32-bit global address");
    }
    int extra = vec > 1 ? b.extra(rows) : 0;
    Op& op = b.emit(step);
    op.imm = at.imm;
    op.a = at.a;
    op.wide = at.wide;
    op.space = space;
    op.size = static_cast<uint8_t>(size);
    op.vec = static_cast<uint8_t>(vec);
    op.mode = static_cast<uint8_t>(mode);
    op.extra = extra;
    (isLoad ? op.d : op.b) = rows[0];
}

void decodeLoad(Builder& b) { decode(b, true); }
void decodeStore(Builder& b) { decode(b, false); }
void nothing(Builder& b) {
    b.emit([](Warp&, const Op* o) -> const Op* { return o + 1; });
}

}  // namespace

const Group MEMORY[] = {{"ld", decodeLoad}, {"ldu", decodeLoad}, {"st", decodeStore}, {"prefetch", nothing}, {"prefetchu", nothing}, {"membar", nothing},
                        {"fence", nothing}, {"discard", nothing}, {nullptr, nullptr}};

}  // namespace emulator
