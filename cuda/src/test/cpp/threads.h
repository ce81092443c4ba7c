// The context stack of each host thread.
#pragma once
#include <vector>

namespace emulator {

struct Context;
namespace threads {

std::vector<Context*>& stack();
inline Context* current() { return stack().empty() ? nullptr : stack().back(); }

}  // namespace threads
}  // namespace emulator
