// What lives behind the handles of the driver API: contexts, streams, events, modules, graphs, and the one lock around them.
//
// Streams are lazy: an operation waits in its stream until something waits for it, so that a caller who forgets to wait reads
// what was there before. One lock serialises all calls; it is given up only while a call waits for an operation that hangs.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "machine.h"
#include "status.h"

namespace emulator {

struct Context;
struct Stream;
struct Capture;

using Work = std::function<std::optional<Fault>()>;

struct Operation {
    std::string name;
    Work work;
    bool hangs = false;
};

/** A graph, and what was instantiated from one: operations in an order that their dependencies permit. */
struct Graph {
    struct Node {
        std::string name;
        Work work;
        std::shared_ptr<Launch> launch;  // of kernel nodes
    };
    Context* context;
    std::vector<std::shared_ptr<Node>> nodes;
    bool instantiated = false;
};

struct Stream {
    Context* context;
    bool blocking;  // ordered with the legacy default stream
    int priority = 0;
    std::deque<Operation> pending;
    uint64_t enqueued = 0, done = 0;
    std::shared_ptr<Capture> capture;
    bool unjoined = false;  // captured work that the origin of the capture does not wait for yet
    bool destroyed = false;
};

struct Capture {
    Graph* graph;
    Stream* origin;
    int mode;
    std::thread::id thread;
    bool invalid = false;
    std::set<Stream*> streams;
};

struct Event {
    Context* context;
    bool timed;
    bool recorded = false;
    std::shared_ptr<Stream> stream;
    uint64_t at = 0;
    std::shared_ptr<double> millis = std::make_shared<double>(0);
    std::weak_ptr<Capture> captured;
};

struct Function;
struct Module {
    Context* context;
    std::map<std::string, std::shared_ptr<Program>> programs;
    std::map<std::string, std::unique_ptr<Function>> functions;
    std::map<std::string, std::pair<uint64_t, size_t>> globals;
};
struct Function {
    Module* module;
    std::shared_ptr<Program> program;
    int maxDynamicShared;
};

struct Context {
    bool primary = false;
    int references = 0;
    Status sticky = SUCCESS;
    std::shared_ptr<Stream> legacy;
    std::map<void*, std::shared_ptr<Stream>> streams;
    std::map<void*, std::unique_ptr<Event>> events;
    std::map<void*, std::unique_ptr<Module>> modules;
    std::map<void*, std::unique_ptr<Graph>> graphs;
};

struct Injection {
    enum Scope { ONCE = 0, STICKY = 1, LOST = 2 };
    std::string call;  // a function of the API, or "kernel" or "hang" for the launches that run
    int64_t remaining;
    Status status;
    Scope scope;
};

class Runtime {
   public:
    static Runtime& get();

    std::mutex lock;
    std::condition_variable released;
    bool initialized = false;
    Status lost = SUCCESS;  // the device: every call answers this
    std::set<Context*> contexts;
    Context* primary = nullptr;
    std::vector<Injection> injections;
    std::map<std::string, uint64_t> calls;
    uint64_t launches = 0;
    int64_t releases = 0;  // operations that hang and may end
    Status releaseStatus = SUCCESS;

    Context* current() const;
    bool alive(Context* context) const { return contexts.count(context) != 0; }

    Context* create(bool primary);
    void destroy(Context* context);
    void reset();

    /** Put an operation into a stream, or into the graph that it captures. */
    Status push(Stream& stream, Operation operation, std::shared_ptr<Launch> launch = nullptr);
    Status drain(Stream& stream, uint64_t upTo);
    Status drain(Stream& stream) { return drain(stream, stream.enqueued); }
    Status drainAll(Context& context);
    bool progress(Stream& stream, uint64_t upTo);  // run one operation; true if all up to there are done
    bool capturing(const Context& context) const;
    void invalidateCaptures(Context& context);

    std::optional<Injection> injected(const std::string& call);

    void finding(Status status, const std::string& text);
    std::vector<std::string> findings() const;
    void forgetFindings();

   private:
    void run(Stream& stream);
    mutable std::mutex findingsLock_;
    std::vector<std::string> findings_;
};

enum class Needs { NOTHING, INIT, CONTEXT };

/** The way into a call: takes the lock, counts, injects, and checks what every call checks. */
class Call {
   public:
    Call(const char* name, Needs needs);
    ~Call();
    Status status = SUCCESS;
    Context* context = nullptr;
    Runtime& runtime;
    /** Answer an error and say why. */
    Status refuse(Status why, const std::string& text) const;
    std::shared_ptr<Stream> stream(void* handle) const;  // null if it is none of this context's
    Status unsafe(const char* what) const;              // refuse, and spoil captures, where a capture forbids the call

   private:
    const char* name_;
    std::unique_lock<std::mutex> lock_;
};

#define ENTER(needs)                        \
    emulator::Call call(__func__, needs);   \
    if (call.status != SUCCESS) return call.status

}  // namespace emulator
