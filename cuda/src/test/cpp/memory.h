// The device's memory: one reserved window of host addresses, with one shadow byte for each byte that says whether it was written.
//
//   window  |..AAAAAAAA....BBBB..|     A, B: allocations, exact to the byte, never reused before the window is spent
//   shadow  |..00111110....1111..|     1: written since it was allocated; untouched pages of both cost nothing
//
// A byte that is marked lies inside a live allocation, so the common check of an access is one comparison of shadow bytes.
#pragma once
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "status.h"

namespace emulator {

enum class Kind { DEVICE, PINNED, REGISTERED, MODULE };

struct Allocation {
    uint64_t address;
    size_t bytes;
    Kind kind;
    const void* owner;  // the context
    bool byKernels = false;  // a kernel has written to it
    uint64_t end() const { return address + bytes; }
    bool holds(uint64_t a, size_t n) const { return a >= address && n <= bytes && a - address <= bytes - n; }
};

class Memory {
   public:
    static constexpr size_t WINDOW = size_t{1} << 38;
    static inline char* window = nullptr;
    static inline char* shadow = nullptr;

    static Memory& device();

    /** Reserve room; 0 if the device has none left. Contents are undefined. */
    uint64_t allocate(size_t bytes, Kind kind, const void* owner);
    bool add(uint64_t address, size_t bytes, const void* owner);  // host memory that is registered
    bool release(uint64_t address, Kind kind);
    void releaseAllOf(const void* owner);

    std::optional<Allocation> find(uint64_t address) const;
    /** Note that a kernel writes to the allocation at an address, and return it. */
    std::optional<Allocation> writtenByKernel(uint64_t address);
    bool holds(uint64_t address, size_t bytes) const;
    /** Say what lies at an address that no live allocation holds: past which end, or freed, or nothing. */
    std::string describe(uint64_t address, size_t bytes) const;
    void each(const void* owner, const std::function<void(const Allocation&)>& visit) const;

    size_t total() const { return total_; }
    size_t used() const { return used_; }
    void total(size_t bytes) { total_ = bytes; }
    int live() const;
    void reset();

    // Copies of whole ranges; both ends were checked. Bytes never written read as 0xFF, as NaN in every float format.
    void fromHost(uint64_t to, const void* from, size_t bytes);
    void toHost(void* to, uint64_t from, size_t bytes) const;
    void move(uint64_t to, uint64_t from, size_t bytes);
    void fill(uint64_t to, const void* pattern, size_t width, size_t count);

    static bool inside(uint64_t a) { return a - reinterpret_cast<uint64_t>(window) < WINDOW; }
    static char* shadowOf(uint64_t a) { return shadow + (a - reinterpret_cast<uint64_t>(window)); }
    static void mark(uint64_t a, size_t n);

    /** True if all bytes were written; false also for what lies in no allocation. Only for addresses inside the window. */
    static bool written(uint64_t a, size_t n) {
        const char* s = shadowOf(a);
        switch (n) {
            case 1: return *s == 1;
            case 2: return word<uint16_t>(s) == 0x0101u;
            case 4: return word<uint32_t>(s) == 0x01010101u;
            case 8: return word<uint64_t>(s) == ONES;
            default: break;
        }
        uint64_t all = ONES;
        size_t i = 0;
        for (; i + 8 <= n; i += 8) all &= word<uint64_t>(s + i);
        for (; i < n; i++)
            if (s[i] != 1) return false;
        return all == ONES;
    }

   private:
    static constexpr uint64_t ONES = 0x0101010101010101ull;
    template <class T>
    static T word(const char* p) {
        T v;
        std::memcpy(&v, p, sizeof v);
        return v;
    }

    Memory();
    mutable std::recursive_mutex lock_;
    std::map<uint64_t, Allocation> live_, freed_;
    size_t top_ = 1 << 20, total_ = size_t{2} << 30, used_ = 0;
};

}  // namespace emulator
