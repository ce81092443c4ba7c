// Steps that do the same to each lane, and the choice of a step by type.
#pragma once
#include "builder.h"
#include "ptx.h"
#include "warp.h"

namespace emulator {

template <class T, class F>
const Op* unary(Warp& w, const Op* o) {
    auto* d = row<T>(w, o->d);
    auto* a = row<T>(w, o->a);
    each(w.act, [=](int l) { d[l] = give<T>(F::of(take<T>(a[l]))); });
    return o + 1;
}

template <class T, class F>
const Op* binary(Warp& w, const Op* o) {
    auto* d = row<T>(w, o->d);
    auto* a = row<T>(w, o->a);
    auto* b = row<T>(w, o->b);
    each(w.act, [=](int l) { d[l] = give<T>(F::of(take<T>(a[l]), take<T>(b[l]))); });
    return o + 1;
}

template <class T, class F>
const Op* ternary(Warp& w, const Op* o) {
    auto* d = row<T>(w, o->d);
    auto* a = row<T>(w, o->a);
    auto* b = row<T>(w, o->b);
    auto* c = row<T>(w, o->c);
    each(w.act, [=](int l) { d[l] = give<T>(F::of(take<T>(a[l]), take<T>(b[l]), take<T>(c[l]))); });
    return o + 1;
}

/** Call f.operator()<T>() with the C++ type of an integer or bit type of 16 to 64 bits. */
template <class F>
Step byInteger(ptx::Type t, F f) {
    using ptx::Type;
    switch (t) {
        case Type::U16:
        case Type::B16: return f.template operator()<uint16_t>();
        case Type::S16: return f.template operator()<int16_t>();
        case Type::U32:
        case Type::B32: return f.template operator()<uint32_t>();
        case Type::S32: return f.template operator()<int32_t>();
        case Type::U64:
        case Type::B64: return f.template operator()<uint64_t>();
        case Type::S64: return f.template operator()<int64_t>();
        default: return nullptr;
    }
}

/** The same for bit types: only the width counts. */
template <class F>
Step byWidth(ptx::Type t, F f) {
    switch (ptx::bytesOf(t)) {
        case 2: return f.template operator()<uint16_t>();
        case 4: return f.template operator()<uint32_t>();
        case 8: return f.template operator()<uint64_t>();
        default: return nullptr;
    }
}

void decodeFloat(Builder& b);  // add, sub, mul, div, min, max, neg, abs of floats

}  // namespace emulator
