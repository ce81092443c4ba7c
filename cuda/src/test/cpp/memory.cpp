#include "memory.h"

#include <sys/mman.h>

#include <cstdlib>
#include <vector>

namespace emulator {
namespace {

constexpr size_t GAP = 512;  // between allocations; also their alignment, as cuMemAlloc's is at least 256
constexpr size_t PAGE = 4096;

char* reserve() {
    void* p = mmap(nullptr, Memory::WINDOW, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) std::abort();
    madvise(p, Memory::WINDOW, MADV_DONTDUMP);
    return static_cast<char*>(p);
}

void forget(char* from, size_t bytes) {
    char* first = reinterpret_cast<char*>((reinterpret_cast<uintptr_t>(from) + PAGE - 1) & ~(PAGE - 1));
    char* last = reinterpret_cast<char*>(reinterpret_cast<uintptr_t>(from + bytes) & ~(PAGE - 1));
    if (first >= last) {
        std::memset(from, 0, bytes);
        return;
    }
    std::memset(from, 0, static_cast<size_t>(first - from));
    std::memset(last, 0, static_cast<size_t>(from + bytes - last));
    madvise(first, static_cast<size_t>(last - first), MADV_DONTNEED);
}

}  // namespace

Memory::Memory() {
    window = reserve();
    shadow = reserve();
}

Memory& Memory::device() {
    static Memory* memory = new Memory();  // outlives every thread of the host
    return *memory;
}

uint64_t Memory::allocate(size_t bytes, Kind kind, const void* owner) {
    std::lock_guard guard(lock_);
    bool counts = kind == Kind::DEVICE || kind == Kind::MODULE;
    if (counts && bytes > total_ - used_) return 0;
    size_t room = (bytes + 2 * GAP - 1) / GAP * GAP;
    if (top_ + room > WINDOW) return 0;
    auto address = reinterpret_cast<uint64_t>(window) + top_;
    top_ += room;
    live_[address] = {address, bytes, kind, owner, false};
    if (counts) used_ += bytes;
    if (kind == Kind::PINNED) mark(address, bytes);  // the host writes it unseen
    return address;
}

bool Memory::add(uint64_t address, size_t bytes, const void* owner) {
    std::lock_guard guard(lock_);
    return live_.try_emplace(address, Allocation{address, bytes, Kind::REGISTERED, owner, false}).second;
}

bool Memory::release(uint64_t address, Kind kind) {
    std::lock_guard guard(lock_);
    auto at = live_.find(address);
    if (at == live_.end() || at->second.kind != kind) return false;
    Allocation a = at->second;
    live_.erase(at);
    if (a.kind == Kind::DEVICE || a.kind == Kind::MODULE) used_ -= a.bytes;
    if (a.kind != Kind::REGISTERED) {
        freed_[address] = a;
        forget(window + (address - reinterpret_cast<uint64_t>(window)), a.bytes);
        forget(shadowOf(address), a.bytes);
    }
    return true;
}

void Memory::releaseAllOf(const void* owner) {
    std::lock_guard guard(lock_);
    std::vector<Allocation> mine;
    for (auto& [address, a] : live_)
        if (a.owner == owner) mine.push_back(a);
    for (auto& a : mine) release(a.address, a.kind);
}

std::optional<Allocation> Memory::find(uint64_t address) const {
    std::lock_guard guard(lock_);
    auto next = live_.upper_bound(address);
    if (next == live_.begin()) return std::nullopt;
    const Allocation& a = std::prev(next)->second;
    return a.holds(address, 0) && address < a.end() ? std::optional(a) : std::nullopt;
}

std::optional<Allocation> Memory::writtenByKernel(uint64_t address) {
    std::lock_guard guard(lock_);
    auto next = live_.upper_bound(address);
    if (next == live_.begin()) return std::nullopt;
    Allocation& a = std::prev(next)->second;
    if (address >= a.end()) return std::nullopt;
    a.byKernels = true;
    return a;
}

bool Memory::holds(uint64_t address, size_t bytes) const {
    auto a = find(address);
    return a && a->holds(address, bytes);
}

std::string Memory::describe(uint64_t address, size_t bytes) const {
    std::lock_guard guard(lock_);
    auto nearest = [&](const std::map<uint64_t, Allocation>& in) -> const Allocation* {
        auto next = in.upper_bound(address);
        return next == in.begin() ? nullptr : &std::prev(next)->second;
    };
    const Allocation* before = nearest(live_);
    const Allocation* old = nearest(freed_);
    char text[200];
    if (before && address + bytes > before->end() && (!old || old->address < before->address)) {
        std::snprintf(text, sizeof text, "%llu bytes past the end of an allocation of %zu bytes",
                      static_cast<unsigned long long>(address + bytes - before->end()), before->bytes);
        return text;
    }
    if (old && address < old->end()) {
        std::snprintf(text, sizeof text, "use after free: byte %llu of a freed allocation of %zu bytes",
                      static_cast<unsigned long long>(address - old->address), old->bytes);
        return text;
    }
    std::snprintf(text, sizeof text, "address 0x%llx is in no allocation", static_cast<unsigned long long>(address));
    return text;
}

void Memory::each(const void* owner, const std::function<void(const Allocation&)>& visit) const {
    std::lock_guard guard(lock_);
    for (auto& [address, a] : live_)
        if (a.owner == owner) visit(a);
}

int Memory::live() const {
    std::lock_guard guard(lock_);
    int n = 0;
    for (auto& [address, a] : live_) n += a.kind != Kind::MODULE;
    return n;
}

void Memory::reset() {
    std::lock_guard guard(lock_);
    while (!live_.empty()) release(live_.begin()->first, live_.begin()->second.kind);
}

void Memory::mark(uint64_t a, size_t n) {
    if (inside(a)) std::memset(shadowOf(a), 1, n);
}

void Memory::fromHost(uint64_t to, const void* from, size_t bytes) {
    std::memcpy(reinterpret_cast<void*>(to), from, bytes);
    mark(to, bytes);
}

void Memory::toHost(void* to, uint64_t from, size_t bytes) const {
    std::memcpy(to, reinterpret_cast<const void*>(from), bytes);
    if (!inside(from)) return;
    const char* s = shadowOf(from);
    for (size_t i = 0; i < bytes;) {
        if (i + 8 <= bytes && word<uint64_t>(s + i) == ONES) {
            i += 8;
            continue;
        }
        if (s[i] == 0) static_cast<unsigned char*>(to)[i] = 0xFF;
        i++;
    }
}

void Memory::move(uint64_t to, uint64_t from, size_t bytes) {
    std::memmove(reinterpret_cast<void*>(to), reinterpret_cast<const void*>(from), bytes);
    if (!inside(to)) return;
    if (inside(from))
        std::memmove(shadowOf(to), shadowOf(from), bytes);
    else
        mark(to, bytes);
}

void Memory::fill(uint64_t to, const void* pattern, size_t width, size_t count) {
    auto* p = reinterpret_cast<char*>(to);
    if (width == 1)
        std::memset(p, *static_cast<const unsigned char*>(pattern), count);
    else
        for (size_t i = 0; i < count; i++) std::memcpy(p + i * width, pattern, width);
    mark(to, width * count);
}

}  // namespace emulator
