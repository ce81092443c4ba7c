// What tests say to the emulator; no part of the driver API.
#include <algorithm>
#include <cstring>
#include <string>

#include "memory.h"
#include "runtime.h"
#include "settings.h"

using namespace emulator;

extern "C" {

/** Forget contexts, faults, findings and settings, as if the process were new. */
void pie_emulator_reset() {
    Runtime& r = Runtime::get();
    std::lock_guard guard(r.lock);
    r.reset();
}

int pie_emulator_set(const char* name, long long value) {
    auto* setting = settings.named(name);
    if (!setting) return 0;
    *setting = value;
    if (std::strcmp(name, "memory") == 0) Memory::device().total(static_cast<size_t>(value));
    return 1;
}

/** The nth call of this function from now answers status; scope: 0 once, 1 its context stays in error, 2 the device is lost. */
void pie_emulator_inject(const char* call, long long nth, int status, int scope) {
    Runtime& r = Runtime::get();
    std::lock_guard guard(r.lock);
    r.injections.push_back({call, nth, static_cast<Status>(status), static_cast<Injection::Scope>(scope)});
}

/** Let so many operations that hang end, with this status. */
void pie_emulator_release(int operations, int status) {
    Runtime& r = Runtime::get();
    std::lock_guard guard(r.lock);
    r.releases += operations;
    r.releaseStatus = static_cast<Status>(status);
    r.released.notify_all();
}

/** Copy the findings, a line each, and answer the bytes they need with their end. */
long long pie_emulator_findings(char* buffer, long long bytes) {
    std::string all;
    for (auto& f : Runtime::get().findings()) all += f + "\n";
    if (buffer && bytes > 0) {
        auto n = std::min(static_cast<size_t>(bytes - 1), all.size());
        std::memcpy(buffer, all.data(), n);
        buffer[n] = 0;
    }
    return static_cast<long long>(all.size() + 1);
}

void pie_emulator_forget() { Runtime::get().forgetFindings(); }

/** Counters: instructions, blocks, nanos, launches, allocations, used, or the calls of a function by its name. */
long long pie_emulator_count(const char* what) {
    Runtime& r = Runtime::get();
    std::string name = what;
    if (name == "instructions") return static_cast<long long>(instructions);
    if (name == "blocks") return static_cast<long long>(blocksRun);
    if (name == "nanos") return static_cast<long long>(kernelNanos);
    std::lock_guard guard(r.lock);
    if (name == "launches") return static_cast<long long>(r.launches);
    if (name == "allocations") return Memory::device().live();
    if (name == "used") return static_cast<long long>(Memory::device().used());
    auto at = r.calls.find(name);
    return at == r.calls.end() ? 0 : static_cast<long long>(at->second);
}

}  // extern "C"
