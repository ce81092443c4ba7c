// Host threads that run blocks beside the thread that waits for them.
#pragma once
#include <condition_variable>
#include <functional>
#include <mutex>

namespace emulator {

class Workers {
   public:
    static Workers& shared();
    /** Run work on this thread and on up to threads - 1 others; return when all are through. */
    void run(const std::function<void()>& work, int threads);

   private:
    void loop();
    std::mutex lock_;
    std::condition_variable called_, done_;
    const std::function<void()>* work_ = nullptr;
    int started_ = 0, wanted_ = 0, running_ = 0;
};

}  // namespace emulator
