#include "settings.h"

#include <cstdlib>
#include <cstring>

namespace emulator {
namespace {

int64_t environment(const char* name, int64_t otherwise) {
    const char* value = std::getenv(name);
    return value && *value ? std::strtoll(value, nullptr, 0) : otherwise;
}

}  // namespace

Settings settings;

void Settings::reset() {
    lazy = environment("PIE_EMULATOR_LAZY", 1);
    order = environment("PIE_EMULATOR_ORDER", 0);
    threads = environment("PIE_EMULATOR_THREADS", 2);
    memory = environment("PIE_EMULATOR_MEMORY", int64_t{2} << 30);
    approximate = environment("PIE_EMULATOR_APPROXIMATE", 1);
    budget = environment("PIE_EMULATOR_BUDGET", int64_t{200} * 1000 * 1000);
    capability = environment("PIE_EMULATOR_CAPABILITY", 90);
    verbose = environment("PIE_EMULATOR_VERBOSE", 0);
}

std::atomic<int64_t>* Settings::named(const char* name) {
    struct {
        const char* name;
        std::atomic<int64_t>* value;
    } const all[] = {{"lazy", &lazy},
                     {"order", &order},
                     {"threads", &threads},
                     {"memory", &memory},
                     {"approximate", &approximate},
                     {"budget", &budget},
                     {"capability", &capability},
                     {"verbose", &verbose}};
    for (auto& s : all)
        if (std::strcmp(name, s.name) == 0) return s.value;
    return nullptr;
}

}  // namespace emulator
