#include "workers.h"

#include <thread>

namespace emulator {

Workers& Workers::shared() {
    static Workers* workers = new Workers();  // its threads never end
    return *workers;
}

void Workers::run(const std::function<void()>& work, int threads) {
    if (threads > 1) {
        std::lock_guard guard(lock_);
        for (; started_ < threads - 1; started_++) std::thread([this] { loop(); }).detach();
        work_ = &work;
        wanted_ = threads - 1;
        called_.notify_all();
    }
    work();
    if (threads > 1) {
        std::unique_lock guard(lock_);
        wanted_ = 0;
        done_.wait(guard, [this] { return running_ == 0; });
        work_ = nullptr;
    }
}

void Workers::loop() {
    std::unique_lock guard(lock_);
    for (;;) {
        called_.wait(guard, [this] { return wanted_ > 0; });
        wanted_--;
        running_++;
        const auto* work = work_;
        guard.unlock();
        (*work)();
        guard.lock();
        if (--running_ == 0) done_.notify_all();
    }
}

}  // namespace emulator
